import { SluiceError } from '../../query/error.ts';
import type { BoundAggregate } from '../../query/expression.ts';
import type { DataType, Scalar } from '../../query/types.ts';
import { type Column, isWide } from '../column.ts';
import { resized } from '../resized.ts';
import { columnFromScalars, wideAt } from '../scalars.ts';
import type { AggregateState, GroupNumbers } from './aggregate-state.ts';
import { orderByGroup } from './group-order.ts';
import { damaged, eachState, stateColumn } from './state-bytes.ts';
import { fixed } from './words.ts';

/** Bounds the centroids of a group: about this many at most. */
const COMPRESSION = 200;
const CENTROID_BYTES = 16;

/**
 * approx_quantile: the merging t-digest of Dunning and Ertl, "Computing extremely accurate quantiles using t-digests"
 * (2019), with the scale function k1. Values and centroids of all groups stand in one log, which is compressed each
 * time it has doubled. Infinities and NaN do not count, as in DuckDB.
 *
 * The state is the least and the greatest value, then mean and weight of each centroid by ascending mean, all f64.
 */
export class TDigestState implements AggregateState {
  readonly #name: string;
  readonly #operand: DataType;
  #means = new Float64Array(1024);
  #weights = new Float64Array(1024);
  #groups = new Int32Array(1024);
  #count = 0;
  /** Centroids at which the log is compressed again. */
  #full = 16_384;
  #least = new Float64Array(1).fill(Number.POSITIVE_INFINITY);
  #greatest = new Float64Array(1).fill(Number.NEGATIVE_INFINITY);

  constructor(name: string, operand: DataType) {
    this.#name = name;
    this.#operand = operand;
  }

  get bytes(): number {
    return 2 * this.#means.byteLength + this.#groups.byteLength + 2 * this.#least.byteLength;
  }

  update([operand]: readonly Column[], groups: GroupNumbers, length: number): void {
    const { validity } = operand!;
    const numberAt = numbersOf(operand!, this.#operand);
    for (let row = 0; row < length; row++) {
      if (validity && validity[row] === 0) continue;
      const value = numberAt(row);
      if (!Number.isFinite(value)) continue;
      const group = groups ? groups[row]! : 0;
      this.#widen(group, value, value);
      this.#add(group, value, 1);
    }
  }

  merge([states]: readonly Column[], groups: GroupNumbers, length: number): void {
    eachState(states, length, (row, view, start, end) => {
      const group = groups ? groups[row]! : 0;
      const { least, greatest, centroids } = readDigest(view, start, end);
      this.#widen(group, least, greatest);
      for (const { mean, weight } of centroids) this.#add(group, mean, weight);
    });
  }

  partial(length: number): Column[] {
    this.#compress();
    const { starts, rows } = orderByGroup(this.#groups, this.#count, length);
    const sizeOf = (group: number) => {
      const count = starts[group + 1]! - starts[group]!;
      return count > 0 ? 16 + CENTROID_BYTES * count : undefined;
    };
    const write = (group: number, view: DataView, at: number) => {
      view.setFloat64(at, this.#least[group]!, true);
      view.setFloat64(at + 8, this.#greatest[group]!, true);
      for (let i = starts[group]!, to = at + 16; i < starts[group + 1]!; i++, to += CENTROID_BYTES) {
        view.setFloat64(to, this.#means[rows[i]!]!, true);
        view.setFloat64(to + 8, this.#weights[rows[i]!]!, true);
      }
    };
    return [stateColumn(this.#name, length, sizeOf, write)];
  }

  #widen(group: number, least: number, greatest: number): void {
    const known = this.#least.length;
    if (group >= known) {
      const length = Math.max(group + 1, 2 * known, 64);
      this.#least = resized(this.#least, length).fill(Number.POSITIVE_INFINITY, known);
      this.#greatest = resized(this.#greatest, length).fill(Number.NEGATIVE_INFINITY, known);
    }
    if (least < this.#least[group]!) this.#least[group] = least;
    if (greatest > this.#greatest[group]!) this.#greatest[group] = greatest;
  }

  #add(group: number, mean: number, weight: number): void {
    if (this.#count === this.#means.length) {
      this.#means = resized(this.#means, 2 * this.#count);
      this.#weights = resized(this.#weights, 2 * this.#count);
      this.#groups = resized(this.#groups, 2 * this.#count);
    }
    this.#groups[this.#count] = group;
    this.#means[this.#count] = mean;
    this.#weights[this.#count++] = weight;
    if (this.#count >= this.#full) {
      this.#compress();
      this.#full = Math.max(16_384, 2 * this.#count);
    }
  }

  /** Sorts each group's centroids by mean and joins neighbours as far as the scale function allows. */
  #compress(): void {
    let groups = 0;
    for (let i = 0; i < this.#count; i++) groups = Math.max(groups, this.#groups[i]! + 1);
    const { starts, rows } = orderByGroup(this.#groups, this.#count, groups);
    const means = Float64Array.from(rows, (row) => this.#means[row]!);
    const weights = Float64Array.from(rows, (row) => this.#weights[row]!);
    let count = 0;
    for (let group = 0; group < groups; group++) {
      const [first, last] = [starts[group]!, starts[group + 1]!];
      if (first === last) continue;
      const order = Int32Array.from({ length: last - first }, (_, i) => first + i);
      order.sort((a, b) => means[a]! - means[b]! || a - b);
      count = this.#joinNeighbours(group, order, means, weights, count);
    }
    this.#count = count;
  }

  #joinNeighbours(group: number, order: Int32Array, means: Float64Array, weights: Float64Array, from: number): number {
    let total = 0;
    for (const i of order) total += weights[i]!;
    let to = from;
    let before = 0;
    let limit = total * nextBoundary(0);
    let mean = means[order[0]!]!;
    let weight = weights[order[0]!]!;
    const emit = () => {
      this.#groups[to] = group;
      this.#means[to] = mean;
      this.#weights[to++] = weight;
    };
    for (let at = 1; at < order.length; at++) {
      const i = order[at]!;
      const joined = weight + weights[i]!;
      if (before + joined <= limit) {
        mean += ((means[i]! - mean) * weights[i]!) / joined;
        weight = joined;
        continue;
      }
      emit();
      before += weight;
      limit = total * nextBoundary(before / total);
      mean = means[i]!;
      weight = weights[i]!;
    }
    emit();
    return to;
  }
}

/**
 * The quantile up to which a centroid that begins at quantile `q` may reach: k1(q) + 1, with
 * k1(q) = d / 2pi asin(2q - 1).
 */
function nextBoundary(q: number): number {
  const angle = Math.asin(Math.min(1, Math.max(-1, 2 * q - 1))) + (2 * Math.PI) / COMPRESSION;
  return angle >= Math.PI / 2 ? 1 : (Math.sin(angle) + 1) / 2;
}

interface Digest {
  readonly least: number;
  readonly greatest: number;
  readonly centroids: readonly { readonly mean: number; readonly weight: number }[];
}

function readDigest(view: DataView, start: number, end: number): Digest {
  const size = end - start;
  if (size < 16 + CENTROID_BYTES || size % CENTROID_BYTES !== 0) throw damaged('it is no list of centroids');
  const least = view.getFloat64(start, true);
  const greatest = view.getFloat64(start + 8, true);
  let previous = least;
  const centroids = Array.from({ length: size / CENTROID_BYTES - 1 }, (_, i) => {
    const mean = view.getFloat64(start + CENTROID_BYTES * (i + 1), true);
    const weight = view.getFloat64(start + CENTROID_BYTES * (i + 1) + 8, true);
    // Means are rounded, so neighbours of nearly equal means may stand in either order.
    if (!(Number.isFinite(mean) && weight >= 1 && weight <= Number.MAX_SAFE_INTEGER))
      throw damaged('a centroid is no number');
    previous = Math.max(previous, mean);
    return { mean, weight };
  });
  if (!(Number.isFinite(least) && Number.isFinite(greatest) && least <= greatest && previous <= greatest))
    throw damaged('its bounds are not around its centroids');
  return { least, greatest, centroids };
}

/** The approximate quantiles; NULL without values. */
export function finishTDigest(aggregate: BoundAggregate, [states]: readonly Column[], length: number): Column {
  const fraction = Number(aggregate.parameters[0]);
  const results = new Array<Scalar>(length).fill(null);
  eachState(states, length, (row, view, start, end) => {
    results[row] = toScalar(quantile(readDigest(view, start, end), fraction), aggregate.type);
  });
  return columnFromScalars(aggregate.type, results);
}

/** Interpolates between the middles of centroids; a centroid of one value is that value. */
function quantile({ least, greatest, centroids }: Digest, fraction: number): number {
  const total = centroids.reduce((sum, { weight }) => sum + weight, 0);
  const target = fraction * total;
  let place = 0;
  let value = least;
  let before = 0;
  for (const { mean, weight } of centroids) {
    const middle = before + weight / 2;
    if (target < middle) return interpolate(place, value, middle, mean, target);
    place = middle;
    value = mean;
    before += weight;
  }
  return interpolate(place, value, total, greatest, target);
}

function interpolate(place: number, value: number, nextPlace: number, nextValue: number, target: number): number {
  if (nextPlace <= place) return nextValue;
  const share = (target - place) / (nextPlace - place);
  // Not value + share * (difference), which may overflow.
  return value * (1 - share) + nextValue * share;
}

/** The values as numbers: decimals unscaled divided by their scale, dates in days, timestamps in µs. */
function numbersOf(column: Column, type: DataType): (row: number) => number {
  const { values } = fixed(column);
  if (!(values instanceof BigInt64Array)) return (row) => values[row]!;
  const unit = type.kind === 'decimal' ? 10 ** type.scale : 1;
  if (isWide(column.type)) return (row) => Number(wideAt(values, row)) / unit;
  return (row) => Number(values[row]!) / unit;
}

function toScalar(value: number, type: DataType): Scalar {
  switch (type.kind) {
    case 'float64':
      return value;
    case 'int32':
    case 'date':
      return Math.round(value);
    case 'int64':
    case 'timestamp':
      return BigInt.asIntN(64, BigInt(Math.round(value)));
    case 'decimal':
      return BigInt(Math.round(value * 10 ** type.scale));
    default:
      throw new SluiceError('internal', `approx_quantile does not give ${type.kind}`);
  }
}
