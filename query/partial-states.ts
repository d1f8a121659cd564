import type { BoundAggregate } from './expression.ts';
import type { BoundOutput } from './fragment.ts';
import { BINARY, BOOL, type DataType, type Field, FLOAT64, INT64, type Schema } from './types.ts';

/**
 * The columns in which partial groups carry an aggregate. All may be NULL but counts.
 * count, count_star: one int64 count. sum: one value of the sum's type, NULL before the first non-NULL input.
 * avg: that sum, then an int64 count. min, max, bool_and, bool_or, any_value: one value of the operand's type, NULL
 * before the first. first, last: the value, then a bool that is true once a row was seen. arg_min, arg_max: the value,
 * then its key; NULL both before the first. Variances and deviations: int64 count, float64 mean, float64 sum of squared
 * differences (Welford; merged as Chan et al.). What has no such form is one binary column, written and read by its
 * class in `engine/operators`: DISTINCT (the set of values), quantiles (all values), approx_quantile (t-digest
 * centroids), approx_count_distinct (HyperLogLog registers), string_agg (the text so far).
 */
export function stateFields(aggregate: BoundAggregate): readonly Field[] {
  const { name, args } = aggregate;
  const operand = args[0]?.type ?? FLOAT64;
  if (aggregate.distinct) return [{ name, type: BINARY }];
  switch (aggregate.function) {
    case 'count_star':
    case 'count':
      return [{ name, type: INT64 }];
    case 'sum':
      return [{ name, type: aggregate.type }];
    case 'avg':
      return [
        { name: `${name}.sum`, type: sumType(operand) },
        { name: `${name}.count`, type: INT64 },
      ];
    case 'min':
    case 'max':
    case 'bool_and':
    case 'bool_or':
    case 'any_value':
      return [{ name, type: operand }];
    case 'first':
    case 'last':
      return [
        { name, type: operand },
        { name: `${name}.seen`, type: BOOL },
      ];
    case 'arg_min':
    case 'arg_max':
      return [
        { name, type: operand },
        { name: `${name}.key`, type: args[1]?.type ?? operand },
      ];
    case 'var_samp':
    case 'var_pop':
    case 'stddev_samp':
    case 'stddev_pop':
      return [
        { name: `${name}.count`, type: INT64 },
        { name: `${name}.mean`, type: FLOAT64 },
        { name: `${name}.squares`, type: FLOAT64 },
      ];
    default:
      return [{ name, type: BINARY }];
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
    ...output.aggregates.flatMap(stateFields),
  ];
}
