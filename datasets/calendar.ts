/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; `month` 1 to 12. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/**
 * The date of a day number as year * 10000 + month * 100 + day, for years 1 to 9999. One integer, since this runs
 * three times a row. (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.)
 */
export function civilOf(days: number): number {
  const z = (days + 719468) | 0;
  const era = (z / 146097) | 0;
  const dayOfEra = (z - era * 146097) | 0;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36524) | 0) - ((dayOfEra / 146096) | 0)) / 365) | 0;
  const dayOfYear = (dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0))) | 0;
  const m = ((5 * dayOfYear + 2) / 153) | 0;
  const day = (dayOfYear - (((153 * m + 2) / 5) | 0) + 1) | 0;
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10000 + month * 100 + day;
}
