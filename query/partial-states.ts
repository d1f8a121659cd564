import type { BoundAggregate } from './expression.ts';
import type { BoundOutput } from './fragment.ts';
import { type DataType, type Field, FLOAT64, INT64, type Schema } from './types.ts';

/** How two partial values of a state column become one. NULL is the identity of sum, min and max. */
export type MergeRule = 'sum' | 'min' | 'max';

export interface StateField extends Field {
  readonly rule: MergeRule;
}

/**
 * The columns in which partial groups carry an aggregate.
 * count, count_star: one int64 count. sum: one value of the sum's type, NULL before the first non-NULL input.
 * avg: that sum, then an int64 count. min, max: one value of the operand's type, NULL before the first.
 */
export function stateFields(aggregate: BoundAggregate): readonly StateField[] {
  const { name } = aggregate;
  switch (aggregate.function) {
    case 'count_star':
    case 'count':
      return [{ name, type: INT64, rule: 'sum' }];
    case 'sum':
      return [{ name, type: aggregate.type, rule: 'sum' }];
    case 'avg':
      return [
        { name: `${name}.sum`, type: sumType(aggregate.arg?.type ?? FLOAT64), rule: 'sum' },
        { name: `${name}.count`, type: INT64, rule: 'sum' },
      ];
    case 'min':
    case 'max':
      return [{ name, type: aggregate.type, rule: aggregate.function }];
  }
}

/** The type that a sum over `operand` has: 128-bit exact for integers and decimals. */
export function sumType(operand: DataType): DataType {
  switch (operand.kind) {
    case 'decimal':
      return { kind: 'decimal', precision: 38, scale: operand.scale };
    case 'float64':
      return FLOAT64;
    default:
      return { kind: 'decimal', precision: 38, scale: 0 };
  }
}

/** What a task returns for an output: the rows' columns, or group keys followed by all state columns. */
export function partialSchema(output: BoundOutput): Schema {
  if (output.kind === 'rows') return output.columns.map(({ name, expression }) => ({ name, type: expression.type }));
  return [
    ...output.keys.map(({ name, expression }) => ({ name, type: expression.type })),
    ...output.aggregates.flatMap(stateFields).map(({ name, type }) => ({ name, type })),
  ];
}
