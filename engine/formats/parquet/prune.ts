import { type BoundExpression, type Comparison, MIRRORED } from '../../../query/expression.ts';
import type { DataType } from '../../../query/types.ts';
import { type FileColumns, leafAt } from './file-columns.ts';
import type { RowGroup } from './metadata.ts';
import { type Bound, boundOf, compareBounds, type Zone, zoneOf } from './zone-map.ts';

/** Which outcomes a predicate may have for some row of a row group. NULL is neither. */
interface Outcomes {
  readonly true: boolean;
  readonly false: boolean;
}

const ANY: Outcomes = { true: true, false: true };
const NONE: Outcomes = { true: false, false: false };

/** What is known of a column (index into the schema); undefined where nothing is. */
export type Zones = (column: number) => Zone | undefined;

/**
 * Whether some row of those that `zones` tells of may satisfy all `conjuncts`. Pure, and conservative: what is not
 * understood excludes nothing.
 */
export function mayMatch(conjuncts: readonly BoundExpression[], zones: Zones): boolean {
  return conjuncts.every((conjunct) => outcomes(conjunct, zones).true);
}

/** What the statistics of a row group promise. */
export function groupZones(group: RowGroup, columns: FileColumns): Zones {
  return (index) => {
    const column = leafAt(columns, index);
    const chunk = column && group.chunks[column.chunk];
    return column && chunk ? zoneOf(column, chunk.valueCount, chunk.statistics) : undefined;
  };
}

function outcomes(expression: BoundExpression, zones: Zones): Outcomes {
  if (expression.kind === 'literal' && expression.type.kind === 'bool')
    return { true: expression.value === true, false: expression.value === false };
  if (expression.kind === 'column' && expression.type.kind === 'bool') {
    const zone = zones(expression.index);
    return zone ? compare('eq', zone, 1) : ANY;
  }
  if (expression.kind !== 'call') return ANY;
  const { operator, args } = expression;
  const [first, second] = args;
  switch (operator) {
    case 'and': {
      const parts = args.map((arg) => outcomes(arg, zones));
      return { true: parts.every((part) => part.true), false: parts.some((part) => part.false) };
    }
    case 'or': {
      const parts = args.map((arg) => outcomes(arg, zones));
      return { true: parts.some((part) => part.true), false: parts.every((part) => part.false) };
    }
    case 'not': {
      const inner = first ? outcomes(first, zones) : ANY;
      return { true: inner.false, false: inner.true };
    }
    case 'is_null':
    case 'is_not_null': {
      const zone = first?.kind === 'column' ? zones(first.index) : undefined;
      if (!zone) return ANY;
      const found = { true: zone.mayBeNull, false: zone.mayBeValid };
      return operator === 'is_null' ? found : { true: found.false, false: found.true };
    }
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      if (!first || !second) return ANY;
      if (second.kind === 'literal') return compareWith(operator, first, second, zones);
      if (first.kind === 'literal') return compareWith(MIRRORED[operator], second, first, zones);
      return ANY;
    case 'in': {
      const parts = args
        .slice(1)
        .map((arg) => (first && arg.kind === 'literal' ? compareWith('eq', first, arg, zones) : ANY));
      return { true: parts.some((part) => part.true), false: parts.every((part) => part.false) };
    }
    default:
      return ANY;
  }
}

function compareWith(
  operator: Comparison,
  operand: BoundExpression,
  literal: Extract<BoundExpression, { kind: 'literal' }>,
  zones: Zones,
): Outcomes {
  const bound = boundOf(literal.value);
  if (bound === undefined) return NONE;
  const zone = zoneOfOperand(operand, zones);
  if (!zone) return ANY;
  const found = compare(operator, zone, bound);
  if (!found.true || operator !== 'eq' || !zone.excludes?.(bound)) return found;
  return { true: false, false: zone.mayBeValid };
}

/** Outcomes of `value OP bound` over the values of a zone. NaN equals itself and is above everything, as in DuckDB. */
function compare(operator: Comparison, zone: Zone, bound: Bound): Outcomes {
  if (!zone.mayBeValid) return NONE;
  const nanBound = typeof bound === 'number' && Number.isNaN(bound);
  // Signs of the lowest and the highest value against the bound; unknown bounds reach as far as they can.
  const low = nanBound ? -1 : zone.min === undefined ? -1 : compareBounds(zone.min, bound);
  const high = nanBound
    ? zone.mayBeNan
      ? 0
      : -1
    : zone.mayBeNan || zone.max === undefined
      ? 1
      : compareBounds(zone.max, bound);
  const highNumber = nanBound ? high : zone.max === undefined ? 1 : compareBounds(zone.max, bound);
  const less = low < 0;
  const greater = high > 0;
  // A NaN is no candidate for equality with a number.
  const equal = low <= 0 && (nanBound ? high : highNumber) >= 0;
  const unequal = !(zone.exact && low === 0 && high === 0);
  switch (operator) {
    case 'eq':
      return { true: equal, false: unequal };
    case 'ne':
      return { true: unequal, false: equal };
    case 'lt':
      return { true: less, false: greater || equal };
    case 'le':
      return { true: less || equal, false: greater };
    case 'gt':
      return { true: greater, false: less || equal };
    case 'ge':
      return { true: greater || equal, false: less };
  }
}

/** The zone of a column, or of a column behind exact casts that keep the order. */
function zoneOfOperand(operand: BoundExpression, zones: Zones): Zone | undefined {
  if (operand.kind === 'column') return zones(operand.index);
  if (operand.kind !== 'cast') return undefined;
  const zone = zoneOfOperand(operand.arg, zones);
  const cast = exactCast(operand.arg.type, operand.type);
  if (!zone || !cast) return undefined;
  const { excludes: _, ...rest } = zone;
  return {
    ...rest,
    min: zone.min === undefined ? undefined : cast(zone.min),
    max: zone.max === undefined ? undefined : cast(zone.max),
  };
}

const DAY = 86_400_000_000n;

/** A cast that loses nothing and keeps the order, as a function of bounds; undefined where there is none. */
function exactCast(from: DataType, to: DataType): ((bound: Bound) => Bound) | undefined {
  const integer = from.kind === 'int32' || from.kind === 'int64';
  if (integer && to.kind === 'int64') return (bound) => BigInt(bound as number | bigint);
  if (from.kind === 'int32' && to.kind === 'float64') return (bound) => bound;
  if (from.kind === 'date' && to.kind === 'timestamp') return (bound) => BigInt(bound as number) * DAY;
  if (to.kind === 'decimal' && (integer || from.kind === 'decimal')) {
    const digits = to.scale - (from.kind === 'decimal' ? from.scale : 0);
    if (digits >= 0) return (bound) => BigInt(bound as number | bigint) * 10n ** BigInt(digits);
  }
  return undefined;
}
