import type { Field, Schema } from '../../../query/types.ts';
import { type CsvFormat, NO_BYTE } from '../../csv-format.ts';
import { CsvFieldValues } from '../../formats/csv/field-value.ts';
import { badRow, type FieldFault, notOfType, notUtf8 } from '../../formats/csv/row-errors.ts';
import type { FilterBounds } from '../../operators/value-bounds.ts';
import { VECTOR_SIZE } from '../../task.ts';
import type { ColumnFacts } from './column-facts.ts';
import { type ParsedRows, type RowColumn, RowParser } from './csv-row-parser.ts';
import type { CsvRows } from './csv-rows.ts';
import { type CarefulParse, FieldVectors } from './field-vectors.ts';
import type { Kernels } from './kernels.ts';
import type { EngineMemory } from './memory.ts';
import type { ColumnGroup, FilterPipeline, OpenedRows, VectorLoader } from './pipeline.ts';
import type { SimdInstances } from './simd-instances.ts';
import { Utf8Repair } from './utf8-repair.ts';
import type { Vector } from './vector.ts';

const LINE_FEED = 10;
const NO_ORDINAL = 0xffffffff;
/** Set in a column's ordinal for csvLocateFields. */
const VERBATIM = 0x80000000;
/** Batches that go column by column after one in which too many rows were in doubt. */
const PAUSE = 32;
/** Rows between the bounds of one column and the next: not a power of two, so that columns do not share cache lines' places. */
const STRIDE = VECTOR_SIZE + 16;

/** Of so many rows at least one must pass the filter before the columns behind it are parsed with the filter's. */
const ROWS_A_PASS = 2;

/** Fields of columns that are loaded together: bounds of column k of the i-th row at index k * STRIDE + i. */
interface FieldGroup {
  readonly ordinals: readonly number[];
  readonly members: readonly RowColumn[];
  /** What the filter that comes next says of them. */
  readonly bounds: FilterBounds;
  /** Address of the ordinals for csvLocateFields, u32. */
  readonly list: number;
  readonly starts: number;
  readonly stops: number;
  readonly rows: RowParser | undefined;
  /** How the current batch has been parsed; undefined where it must be done column by column. */
  parsed: ParsedRows | undefined;
  /** Whether most rows lay within the bounds of the filter that comes next. */
  passes: boolean;
  located: boolean;
  /** Batches for which parsing by rows is not tried, because too many rows were in doubt. */
  pause: number;
}

/**
 * Loads columns of a batch of CSV rows. The fields of each group of columns are located when the first of it is asked
 * for, so only in the rows that live until then.
 */
export class CsvLoader implements VectorLoader {
  /** Rows left out because of a value, and values taken as NULL. */
  rowsSkipped = 0;
  valuesNulled = 0;
  #memory: EngineMemory;
  #kernels: Kernels;
  #instances: SimdInstances;
  #schema: Schema;
  #object: string;
  #format: CsvFormat;
  #vectors: FieldVectors;
  #values: CsvFieldValues;
  /** Columns whose types are guessed. */
  #guessed: ReadonlySet<number>;
  /** Columns of texts that keep their doubled quotes. */
  #verbatim: ReadonlySet<number>;
  #groups: readonly FieldGroup[];
  #groupOf: ReadonlyMap<number, FieldGroup>;
  /** Parses the last two groups at once, and for how many batches it does not. */
  #withLast: RowParser | undefined;
  #withLastPause = 0;
  #rows: CsvRows = { starts: 0, count: 0, bitmap: 0, bytes: 0, offset: 0, width: 0, isAscii: false, isGapless: false };
  /** Rows to leave out, by their numbers among those that were loaded last. */
  readonly #skipped = new Set<number>();
  #scratchCell: number;
  #scratch = 0;
  #scratchBytes = 0;
  #repair: Utf8Repair;

  /** `verbatim`: columns of texts for which it does not matter whether quotes in quotes stand doubled. */
  constructor(
    memory: EngineMemory,
    kernels: Kernels,
    instances: SimdInstances,
    pipeline: FilterPipeline,
    object: { name: string; schema: Schema; format: CsvFormat; guessed?: readonly number[] | undefined },
    verbatim: ReadonlySet<number>,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#instances = instances;
    this.#schema = object.schema;
    this.#object = object.name;
    this.#format = object.format;
    this.#values = new CsvFieldValues(object.format);
    this.#guessed = new Set(object.guessed);
    this.#verbatim = verbatim;
    this.#vectors = new FieldVectors(memory, kernels, object.format);
    this.#repair = new Utf8Repair(memory, kernels);
    this.#groups = pipeline.columnGroups
      .filter(({ columns }) => columns.length > 0)
      .map((group) => this.#group(group, pipeline));
    this.#groupOf = new Map(this.#groups.flatMap((group) => group.ordinals.map((ordinal) => [ordinal, group])));
    this.#scratchCell = memory.allocateCleared(4);
  }

  /** Turns to the next chunk. */
  beginChunk(): void {
    this.rowsSkipped = this.valuesNulled = 0;
    for (const group of this.#groups) group.pause = 0;
  }

  /** Turns to the next batch. */
  begin(rows: CsvRows): void {
    this.#rows = rows;
    this.#repair.clear();
    for (const group of this.#groups) {
      group.located = false;
      group.parsed = undefined;
    }
    // A field is unescaped at most once, so that all copies together are no longer than the rows' text.
    if (rows.bytes > this.#scratchBytes) {
      this.#scratchBytes = Math.max(rows.bytes, 2 * this.#scratchBytes, 1 << 20);
      this.#scratch = this.#memory.allocate(this.#scratchBytes);
    }
    this.#memory.u32[this.#scratchCell >> 2] = this.#scratch;
  }

  open({ columns }: ColumnGroup, selection: number, count: number, picks: number): OpenedRows {
    const group = this.#groupWith(columns[0] as number);
    // It may have been parsed with the group before it, by whose bounds alone. Rows only ever get fewer, so as many are
    // the same.
    if (group.parsed?.count === count) return { count, isFiltered: false };
    group.parsed = this.#parseRows(group, selection, count, picks);
    if (!group.parsed) return { count, isFiltered: false };
    const { by, count: passed, doubted } = group.parsed;
    return { count: passed, isFiltered: group.bounds.isAll && by.keepsBounds && doubted === 0 };
  }

  load(column: number, vector: Vector, selection: number, count: number): void {
    const group = this.#groupWith(column);
    if (!group.located) this.#locateOrSettle(group, selection, count);
    const place = 4 * STRIDE * group.ordinals.indexOf(column);
    const bounds = { starts: group.starts + place, stops: group.stops + place };
    let facts = group.parsed?.by.facts.get(column);
    if (facts) facts.describe(vector);
    else if (column >= this.#rows.width) this.#vectors.fillNulls(vector, count);
    else facts = this.#vectors.parse(vector, bounds, 0, count, this.#carefully(column, selection));
    if (facts && vector.type.kind === 'utf8' && !this.#rows.isAscii)
      this.#checkTexts(column, vector, facts, selection, count);
  }

  keep(picks: number, count: number): number {
    if (this.#skipped.size === 0) return count;
    const { u32 } = this.#memory;
    let kept = 0;
    for (let row = 0; row < count; row++) if (!this.#skipped.has(row)) u32[(picks >> 2) + kept++] = row;
    this.rowsSkipped += this.#skipped.size;
    this.#skipped.clear();
    return kept;
  }

  #groupWith(column: number): FieldGroup {
    const group = this.#groupOf.get(column);
    if (!group) throw new RangeError(`column ${column} is in no group`);
    return group;
  }

  #group({ columns, bounds }: ColumnGroup, pipeline: FilterPipeline): FieldGroup {
    const memory = this.#memory;
    const ordinals = [...columns].sort((a, b) => a - b);
    const list = memory.allocate(4 * ordinals.length);
    memory.u32.set(
      ordinals.map((ordinal) => (this.#verbatim.has(ordinal) ? ordinal | VERBATIM : ordinal)),
      list >> 2,
    );
    const bytes = 4 * STRIDE * ordinals.length;
    const [starts, stops] = [memory.allocate(bytes), memory.allocate(bytes)];
    const members = ordinals.map((ordinal, i): RowColumn => {
      const vector = pipeline.vectors.get(ordinal) as Vector;
      const parser = this.#vectors.parserOf(vector);
      const isVerbatim = this.#verbatim.has(ordinal);
      return { ordinal, isVerbatim, vector, parser, starts: starts + 4 * STRIDE * i, stops: stops + 4 * STRIDE * i };
    });
    const rows = this.#rowParser(members, bounds);
    return {
      ordinals,
      members,
      bounds,
      list,
      starts,
      stops,
      rows,
      located: false,
      parsed: undefined,
      passes: false,
      pause: 0,
    };
  }

  #rowParser(columns: readonly RowColumn[], bounds: FilterBounds): RowParser | undefined {
    const { quote, escape: escapeByte, trim } = this.#format;
    if (trim) return undefined;
    const bytes = { quote: quote ?? NO_BYTE, escape: escapeByte ?? NO_BYTE };
    const rows = { lastOrdinal: this.#lastOrdinal ?? -1, width: this.#schema.length };
    return RowParser.of(this.#memory, this.#instances, columns, bounds.columns, { ...bytes, ...rows });
  }

  /** Parses a group by rows; undefined where too many are in doubt. */
  #parseRows(group: FieldGroup, selection: number, count: number, picks: number): ParsedRows | undefined {
    const { rows } = group;
    if (!rows || this.#rows.width < this.#schema.length) return undefined;
    if (group.pause > 0) {
      group.pause--;
      return undefined;
    }
    const parsed =
      this.#parseWithLast(group, selection, count, picks) ?? rows.parse(this.#rows, selection, count, picks);
    if (parsed) group.passes = rows.keepsBounds && parsed.count * ROWS_A_PASS >= count;
    else group.pause = PAUSE;
    return parsed;
  }

  /**
   * Parses the last group together with the one before it: in one walk where two would look at nearly the same rows.
   * Undefined where that does not pay, and where a row is in doubt: only of rows that pass the filter, the columns behind
   * it must make sense.
   */
  #parseWithLast(group: FieldGroup, selection: number, count: number, picks: number): ParsedRows | undefined {
    const last = this.#groups.at(-1) as FieldGroup;
    if (!group.passes || !group.bounds.isAll || !group.rows || !last.rows || group !== this.#groups.at(-2))
      return undefined;
    if (this.#withLastPause-- > 0) return undefined;
    this.#withLast ??= this.#rowParser(
      [...group.members, ...last.members].sort((a, b) => a.ordinal - b.ordinal),
      group.bounds,
    );
    this.#withLast?.expect(group.rows, last.rows);
    const parsed = this.#withLast?.parse(this.#rows, selection, count, picks);
    if (parsed?.doubted !== 0) {
      this.#withLastPause = PAUSE;
      return undefined;
    }
    last.parsed = parsed;
    return parsed;
  }

  /** What is left to do before columns of a group are loaded: of rows that are in doubt, or of all. */
  #locateOrSettle(group: FieldGroup, selection: number, count: number): void {
    group.located = true;
    if (group.parsed) this.#settle(group, selection, group.parsed);
    else {
      this.#locate(group, selection, count, 0);
      // Only where parsing by rows has just failed, that is: not while it pauses.
      if (group.pause === PAUSE && group.rows?.learn(this.#rows, selection, count)) group.pause = 0;
    }
  }

  /** Parses the rows that are in doubt column by column. */
  #settle(group: FieldGroup, selection: number, { by, doubted }: ParsedRows): void {
    for (let i = 0; i < doubted; i++) {
      const doubt = by.doubts + 4 * i;
      const row = this.#memory.u32[doubt >> 2] as number;
      this.#locate(group, selection === 0 ? doubt : selection + 4 * row, 1, row);
      for (const { ordinal, vector, starts, stops } of group.members) {
        const facts = by.facts.get(ordinal);
        const carefully = this.#carefully(ordinal, selection);
        if (facts) this.#vectors.parseRange(vector, { starts, stops }, 0, row, row + 1, facts, carefully);
      }
    }
  }

  /** Locates the fields of `count` rows by their numbers within the batch; bounds are written from the `first`-th on. */
  #locate({ ordinals, list, starts, stops }: FieldGroup, selection: number, count: number, first: number): void {
    const { quote, escape: escapeByte, trim } = this.#format;
    this.#kernels.csvLocateFields(
      this.#rows.starts,
      selection,
      count,
      this.#rows.bitmap,
      list,
      ordinals.length,
      starts + 4 * first,
      stops + 4 * first,
      STRIDE,
      this.#scratchCell,
      quote ?? NO_BYTE,
      escapeByte ?? NO_BYTE,
      this.#lastOrdinal ?? NO_ORDINAL,
      Number(trim),
      this.#rows.isGapless ? this.#rows.width : 0,
    );
  }

  /** The column whose fields may end with a carriage return that is part of the line end. */
  get #lastOrdinal(): number | undefined {
    return this.#format.lineEnd === LINE_FEED ? this.#schema.length - 1 : undefined;
  }

  /** The slow path: anything that DuckDB would take for a value of the type; NULL; or an error that names the place. */
  #carefully(column: number, selection: number): CarefulParse {
    const field = this.#schema[column] as Field;
    return (text, quoted, index) => {
      const value = this.#values.value(text, quoted, field.type, this.#guessed.has(column));
      if (value !== undefined) return value;
      this.#reject(notOfType(field, text), index, selection);
      return null;
    };
  }

  /** Texts must be UTF-8; those that are not are replaced, or bad values. */
  #checkTexts(column: number, vector: Vector, facts: ColumnFacts, selection: number, count: number): void {
    const { values } = vector;
    const lengths = values + 4 * VECTOR_SIZE;
    const nextFrom = (index: number) => this.#kernels.utf8FirstInvalidText(values, lengths, index, count);
    for (let index = nextFrom(0); index < count; index = nextFrom(index + 1)) {
      const { u8, u32 } = this.#memory;
      const start = u32[(values >> 2) + index] as number;
      const stop = start + (u32[(lengths >> 2) + index] as number);
      if (this.#format.invalidUtf8 === 'replace') {
        const [address, length] = this.#repair.copy(start, stop);
        this.#memory.u32[(values >> 2) + index] = address;
        this.#memory.u32[(lengths >> 2) + index] = length;
      } else {
        const text = u8.subarray(start, stop);
        const written = this.#verbatim.has(column) ? withSingleQuotes(text, this.#format.quote ?? NO_BYTE) : text;
        this.#reject(notUtf8(this.#schema[column] as Field, written), index, selection);
        this.#vectors.store(vector, index, null, facts);
        facts.describe(vector);
      }
    }
  }

  /** A bad value, by the number of its row among those that are loaded, of which `selection` tells the numbers in the batch. */
  #reject(what: string | FieldFault, index: number, selection: number): void {
    const { u32 } = this.#memory;
    const row = selection === 0 ? index : (u32[(selection >> 2) + index] as number);
    switch (this.#format.badRows) {
      case 'error':
        throw badRow(this.#object, (u32[(this.#rows.starts >> 2) + row] as number) + this.#rows.offset, what);
      case 'null':
        this.valuesNulled++;
        break;
      case 'skip':
        this.#skipped.add(index);
    }
  }
}

/** A text in which the quotes stand doubled, without that. */
function withSingleQuotes(text: Uint8Array, quote: number): Uint8Array {
  const mark = String.fromCharCode(quote);
  return Buffer.from(
    Buffer.from(text)
      .toString('latin1')
      .replaceAll(mark + mark, mark),
    'latin1',
  );
}
