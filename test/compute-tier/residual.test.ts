import { describe, expect, it } from 'vitest';
import { csvText } from '../../compute-tier/formats/csv.ts';
import { residualSchema, runResidual } from '../../compute-tier/residual.ts';
import type { Batch } from '../../engine/column.ts';
import { columnFromScalars } from '../../engine/scalars.ts';
import type { BoundExpression } from '../../query/expression.ts';
import type { Residual } from '../../query/residual.ts';
import { BOOL, decimal, INT32, type Scalar, type Schema, UTF8 } from '../../query/types.ts';

const INPUT: Schema = [
  { name: 'n', type: INT32 },
  { name: 's', type: UTF8 },
  { name: 'd', type: decimal(38, 2) },
];
const n: BoundExpression = { kind: 'column', index: 0, name: 'n', type: INT32 };
const s: BoundExpression = { kind: 'column', index: 1, name: 's', type: UTF8 };
const d: BoundExpression = { kind: 'column', index: 2, name: 'd', type: decimal(38, 2) };
const ALL: Residual = {
  input: INPUT,
  orderBy: [],
  columns: [n, s, d].map((expression) => ({ name: (expression as { name: string }).name, expression })),
  distinct: false,
  offset: 0,
};
const ROWS: Scalar[][][] = [
  [
    [2, 'b', 10n ** 30n],
    [null, 'a', -5n],
    [1, null, 100n],
  ],
  [
    [2, 'b', 10n ** 30n],
    [1, '', null],
  ],
];

async function run(change: Partial<Residual>): Promise<string[]> {
  const residual = { ...ALL, ...change };
  async function* batches(): AsyncGenerator<Batch> {
    for (const rows of ROWS)
      yield {
        schema: INPUT,
        length: rows.length,
        columns: INPUT.map(({ type }, index) =>
          columnFromScalars(
            type,
            rows.map((row) => row[index] ?? null),
          ),
        ),
      };
  }
  const text = await Array.fromAsync(csvText(residualSchema(residual), runResidual(residual, batches())));
  return text.join('').split('\n').slice(1, -1);
}

const BIG = '10000000000000000000000000000.00';

describe('what a fragment leaves to do', () => {
  it('passes rows on in object order', async () => {
    expect(await run({})).toEqual([`2,b,${BIG}`, ',a,-0.05', '1,,1.00', `2,b,${BIG}`, '1,"",']);
  });

  it('sorts over all batches, keeps the order of equal rows, and puts NULLs where it is told', async () => {
    const byNumber = { expression: n, descending: false, nullsFirst: false };
    expect(await run({ orderBy: [byNumber] })).toEqual(['1,,1.00', '1,"",', `2,b,${BIG}`, `2,b,${BIG}`, ',a,-0.05']);
    const down = { expression: d, descending: true, nullsFirst: true };
    expect(await run({ orderBy: [down] })).toEqual(['1,"",', `2,b,${BIG}`, `2,b,${BIG}`, '1,,1.00', ',a,-0.05']);
  });

  it('counts OFFSET and LIMIT over all batches', async () => {
    expect(await run({ offset: 2, limit: 2 })).toEqual(['1,,1.00', `2,b,${BIG}`]);
    expect(await run({ offset: 4, limit: 9 })).toEqual(['1,"",']);
    expect(await run({ limit: 0 })).toEqual([]);
    expect(await run({ offset: 9 })).toEqual([]);
  });

  it('keeps the first of equal rows, before LIMIT counts', async () => {
    expect(await run({ distinct: true, columns: [{ name: 'n', expression: n }] })).toEqual(['2', '', '1']);
    expect(await run({ distinct: true, columns: [{ name: 'n', expression: n }], offset: 1, limit: 1 })).toEqual(['']);
  });

  it('drops rows for which HAVING is false or NULL', async () => {
    const one: BoundExpression = { kind: 'literal', type: INT32, value: 1 };
    const having: BoundExpression = { kind: 'call', operator: 'eq', args: [n, one], type: BOOL };
    expect(await run({ having })).toEqual(['1,,1.00', '1,"",']);
  });
});
