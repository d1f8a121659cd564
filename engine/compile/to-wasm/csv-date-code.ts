import type { Local } from '../../wasm-assembler/function-builder.ts';
import { emitPairs, prepareDigits } from './csv-digits-code.ts';
import { bytes, type ColumnLocals, type RowEmitter, words } from './csv-row-emitter.ts';

/** Days of the months; of February only in leap years, else one less. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_TO_EPOCH = 719469;
const FORM = '0000-00-00';
/** Bits of a month's entry. */
const [FEBRUARY, YEAR_BEFORE] = [1 << 14, -(1 << 15)];
/** Where flags for years by their last two digits stand, behind the months. */
const YEARS_AT = 512;

/**
 * A table in memory, i16 by what two digits write: 32 times the days from 1 March to the month's first day, plus its
 * greatest day, plus bits that tell February, and January and February, which belong to the year before; 0 where there
 * is no such month. Behind it, by the last two digits of a year, 255 where February has no 29th, else 0; of years that
 * end with 00 that is not known, so that the day is left to the careful path.
 */
export function dateTables(): Uint8Array {
  const tables = new Uint8Array(YEARS_AT + 256);
  const months = new Int16Array(tables.buffer, 0, YEARS_AT >> 1);
  let days = 0;
  for (let i = 0; i < 12; i++) {
    const month = (i + 2) % 12;
    const length = LENGTHS[month] as number;
    months[month + 1] = (days * 32 + length) | (month === 1 ? FEBRUARY : 0) | (month < 2 ? YEAR_BEFORE : 0);
    days += length;
  }
  for (let year = 0; year < 256; year++) tables[YEARS_AT + year] = year > 0 && year % 4 === 0 ? 0 : 255;
  return tables;
}

/** What does not change from row to row; before the loop. */
export function prepareDate(row: RowEmitter): void {
  prepareDigits(row);
  row.constant('date form', [...Buffer.from(FORM)]);
  row.constant(
    'date bounds',
    bytes((i) => (i >= FORM.length ? 255 : FORM[i] === '0' ? 9 : 0)),
  );
  // The digits of a month stand in two pairs.
  row.constant('date pairs', words(10, 10, 10, 1, 10, 0, 0, 0));
  row.constant('date parts', words(100, 1, 10, 1, 1, 0, 0, 0));
}

/** YYYY-MM-DD of years 1 to 9999; see csv-dates for how. `tables` is the address of the tables. */
export function emitDate(row: RowEmitter, column: ColumnLocals, tables: Local): void {
  const { f } = row;
  const [year, month, day, century] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const [text, parts] = [f.local('v128'), f.local('v128')];
  f.get(row.start).load('v128.load');
  row.use('date form').op('v128.xor').tee(text);
  row.use('date bounds').op('i8x16.sub_sat_u');
  row.doubtBytes();
  // Another length, either way, is negative.
  row.length().i32(FORM.length).op('i32.sub').tee(day).i32(0).get(day).op('i32.sub').op('i32.or');
  row.doubtNegative();
  f.get(text);
  emitPairs(row, 'date pairs', text);
  f.tee(text);
  row.use('date parts').op('i32x4.dot_i16x8_s').tee(parts).extract('i32x4.extract_lane', 0).set(year);
  f.get(parts).extract('i32x4.extract_lane', 1).i32(1).op('i32.shl');
  f.get(tables).op('i32.add').load('i32.load16_s').set(month);
  f.get(parts).extract('i32x4.extract_lane', 2).set(day);
  f.get(month).i32(31).op('i32.and').get(day).op('i32.sub');
  f.get(text).extract('i16x8.extract_lane_u', 1).get(tables).op('i32.add').load('i32.load8_u', YEARS_AT);
  f.get(month).i32(14).op('i32.shr_u').op('i32.and').i32(1).op('i32.and').op('i32.sub');
  f.get(day).i32(1).op('i32.sub').op('i32.or').get(year).i32(1).op('i32.sub').op('i32.or');
  row.doubtNegative();
  f.get(year).get(month).i32(31).op('i32.shr_s').op('i32.add').set(year);
  // Divides by 100 what is below 10,000.
  f.get(year).i32(5243).op('i32.mul').i32(19).op('i32.shr_u').set(century);
  row.valueAddress(column, 4);
  f.get(year).i32(365).op('i32.mul').get(year).i32(2).op('i32.shr_u').op('i32.add').get(century).op('i32.sub');
  f.get(century).i32(2).op('i32.shr_u').op('i32.add').get(month).i32(5).op('i32.shr_u').i32(511).op('i32.and');
  f.op('i32.add').get(day).op('i32.add').i32(DAYS_TO_EPOCH).op('i32.sub');
  row.zeroWhereNull();
  row.storeValue(column, 'i32');
}
