import { z } from 'zod';
import { SluiceError } from './error.ts';
import { AGGREGATE_FUNCTIONS, type Expression } from './expression.ts';
import { MAX_COLUMNS, MAX_DEPTH, MAX_NODES } from './expression-limits.ts';
import { type Fragment, LANE_NAMES } from './fragment.ts';
import { literalScalar } from './literal.ts';
import type { DataType } from './types.ts';

const MAX_NAME_LENGTH = 10_000;

const plainType = z.strictObject({ kind: z.enum(['bool', 'int32', 'int64', 'float64', 'date', 'timestamp', 'utf8']) });
const decimalType = z
  .strictObject({
    kind: z.literal('decimal'),
    precision: z.int().min(1).max(38),
    scale: z.int().min(0).max(38),
  })
  .refine(({ precision, scale }) => scale <= precision, 'scale is at most precision');
const dataType: z.ZodType<DataType> = z.union([plainType, decimalType]);

const name = z.string().min(1).max(MAX_NAME_LENGTH);
const at = z.int().min(0).optional();

const expression: z.ZodType<Expression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('column'), name: z.string().max(MAX_NAME_LENGTH), at }),
    z
      .strictObject({
        kind: z.literal('literal'),
        type: dataType,
        value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
        at,
      })
      .superRefine((literal, context) => {
        try {
          literalScalar(literal);
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message });
        }
      }),
    z.strictObject({
      kind: z.literal('call'),
      function: name,
      args: z.array(expression),
      distinct: z.boolean().optional(),
      filter: expression.optional(),
      at,
    }),
    z.strictObject({ kind: z.literal('cast'), to: dataType, arg: expression, try: z.boolean().optional(), at }),
  ]),
) as z.ZodType<Expression>;

const namedExpression = z.strictObject({ name: z.string().max(MAX_NAME_LENGTH), expression });
const namedAggregate = z
  .strictObject({
    name: z.string().max(MAX_NAME_LENGTH),
    function: z.enum(AGGREGATE_FUNCTIONS),
    args: z.array(expression),
    distinct: z.boolean().optional(),
    filter: expression.optional(),
  })
  .refine((aggregate) => (aggregate.function === 'count_star') === (aggregate.args.length === 0), {
    message: 'every aggregate but count_star has an argument',
  });

const fragment = z.strictObject({
  version: z.literal(1),
  object: z.string().min(1).max(4096),
  lane: z.enum(LANE_NAMES),
  filter: expression.optional(),
  output: z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('rows'),
        columns: z.array(namedExpression).min(1).max(MAX_COLUMNS),
        limit: z.int().min(0).optional(),
        orderBy: z
          .array(z.strictObject({ column: z.int().min(0), descending: z.boolean(), nullsFirst: z.boolean() }))
          .min(1)
          .max(MAX_COLUMNS)
          .optional(),
      })
      .refine(({ orderBy, limit }) => !orderBy || limit !== undefined, 'an order goes with a limit')
      .refine(
        ({ orderBy = [], columns }) => orderBy.every(({ column }) => column < columns.length),
        'a sort key is the number of a column, from 0 on',
      ),
    z
      .strictObject({
        kind: z.literal('groups'),
        keys: z.array(namedExpression).max(MAX_COLUMNS),
        aggregates: z.array(namedAggregate).max(MAX_COLUMNS),
      })
      .refine(({ keys, aggregates }) => keys.length + aggregates.length > 0, 'groups have keys or aggregates'),
  ]),
});

/** A fragment out of untrusted JSON. Throws `bad-request` naming the path in it and what was expected there. */
export function parseFragment(json: unknown): Fragment {
  checkSize(json);
  const result = fragment.safeParse(json);
  if (result.success) return result.data as Fragment;
  const issue = result.error.issues[0]!;
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new SluiceError('bad-request', `fragment${path}: ${issue.message}`);
}

/** Bounds depth and size before anything recurses over the value. */
function checkSize(json: unknown): void {
  // An expression level takes two levels of JSON (object, array of operands); a fragment's own frame takes a few.
  const maxDepth = 2 * MAX_DEPTH + 20;
  const maxValues = 8 * MAX_NODES;
  const pending: { value: unknown; depth: number }[] = [{ value: json, depth: 0 }];
  let values = 0;
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > maxDepth)
      throw new SluiceError('bad-request', `fragment: expressions nest at most ${MAX_DEPTH} levels deep`);
    for (const value of Object.values(next.value)) {
      if (++values > maxValues) throw new SluiceError('bad-request', `fragment: more than ${maxValues} values`);
      pending.push({ value, depth: next.depth + 1 });
    }
  }
}
