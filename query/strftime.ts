import { civilFromDays } from './calendar.ts';
import { dayName, dayOfWeek, dayOfYear, daysSinceMonday, isoWeek, isoYear, monthName } from './date-parts.ts';
import { SluiceError } from './error.ts';
import type { LibraryFunction } from './function-entry.ts';
import { dateOfTimestamp, microsOfDay } from './timestamp-range.ts';
import { type DataType, UTF8 } from './types.ts';

/** One moment, taken apart. */
interface Moment {
  readonly days: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

type Writer = (moment: Moment) => string;

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
const hour12 = ({ hour }: Moment): number => (hour % 12 === 0 ? 12 : hour % 12);
const year2 = ({ year }: Moment): number => Math.abs(year) % 100;
/** Years of four digits with zeros in front; others, and negative ones, as they are. */
const fullYear = (year: number): string => (year >= 0 ? padded(year, 4) : String(year));
const isoDate: Writer = ({ year, month, day }) => `${fullYear(year)}-${padded(month, 2)}-${padded(day, 2)}`;
const clock: Writer = ({ hour, minute, second }) => `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}`;
/** Week of the year, of which the first starts at the first day of the week that is in the year. */
const weekFrom = (days: number, daysSinceStart: number): number =>
  Math.floor((dayOfYear(days) - 1 - daysSinceStart + 7) / 7);

/** What stands behind a % in a format. */
const SPECIFIERS: Record<string, Writer> = {
  '%': () => '%',
  a: ({ days }) => dayName(days).slice(0, 3),
  A: ({ days }) => dayName(days),
  b: ({ days }) => monthName(days).slice(0, 3),
  h: ({ days }) => monthName(days).slice(0, 3),
  B: ({ days }) => monthName(days),
  c: (moment) => `${isoDate(moment)} ${clock(moment)}`,
  x: isoDate,
  X: clock,
  T: clock,
  d: ({ day }) => padded(day, 2),
  '-d': ({ day }) => String(day),
  m: ({ month }) => padded(month, 2),
  '-m': ({ month }) => String(month),
  y: (moment) => padded(year2(moment), 2),
  '-y': (moment) => String(year2(moment)),
  Y: ({ year }) => fullYear(year),
  // As DuckDB: the last four digits, of a negative year as an unsigned number.
  G: ({ days }) => padded((isoYear(days) >>> 0) % 10_000, 4),
  H: ({ hour }) => padded(hour, 2),
  '-H': ({ hour }) => String(hour),
  I: (moment) => padded(hour12(moment), 2),
  '-I': (moment) => String(hour12(moment)),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  M: ({ minute }) => padded(minute, 2),
  '-M': ({ minute }) => String(minute),
  S: ({ second }) => padded(second, 2),
  '-S': ({ second }) => String(second),
  f: ({ micros }) => padded(micros, 6),
  g: ({ micros }) => padded(Math.floor(micros / 1000), 3),
  n: ({ micros }) => padded(micros * 1000, 9),
  j: ({ days }) => padded(dayOfYear(days), 3),
  '-j': ({ days }) => String(dayOfYear(days)),
  U: ({ days }) => padded(weekFrom(days, dayOfWeek(days)), 2),
  W: ({ days }) => padded(weekFrom(days, daysSinceMonday(days)), 2),
  V: ({ days }) => padded(isoWeek(days), 2),
  u: ({ days }) => String(daysSinceMonday(days) + 1),
  w: ({ days }) => String(dayOfWeek(days)),
  z: () => '+00',
  Z: () => '',
};

/** strftime: dates and timestamps as text in a constant format. */
export const STRFTIME_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'strftime',
    kind: 'function',
    category: 'time',
    aliases: [],
    signature: 'strftime(date or timestamp, format)',
    doc: 'a time as text: %Y %m %d %H %M %S %f %y %j %a %A %b %B %p %I …, %-d without zeros in front',
    nulls: 'strict',
    overloads: [
      {
        id: 'strftime(date, varchar)',
        parameters: ['date', 'utf8'],
        result: UTF8,
        kernel: 'strftimeDate',
        internal: true,
        js: (days: number, format: string) => write(format, momentOf(days, 0n)),
      },
      {
        id: 'strftime(timestamp, varchar)',
        parameters: ['timestamp', 'utf8'],
        result: UTF8,
        kernel: 'strftimeTimestamp',
        internal: true,
        js: (micros: bigint, format: string) => write(format, momentOf(dateOfTimestamp(micros), microsOfDay(micros))),
      },
    ],
    expand: (args, build) => {
      if (args.length !== 2) return undefined;
      const [time, format] = isTime(args[1]!.type) ? [args[1]!, args[0]!] : [args[0]!, args[1]!];
      if (!isTime(time.type)) return undefined;
      if (format.kind === 'literal' && format.value === null) return build.literal(UTF8, null);
      if (format.type.kind !== 'utf8') return undefined;
      if (format.kind !== 'literal') throw new SluiceError('unsupported', 'strftime needs a constant format');
      // Checked here, so that no kernel has to.
      writersOf(format.value as string);
      return build.overload(`strftime(${time.type.kind}, varchar)`, [time, format], UTF8);
    },
  },
];

const isTime = ({ kind }: DataType): boolean => kind === 'date' || kind === 'timestamp';

const formats = new Map<string, readonly Writer[]>();

function write(format: string, moment: Moment): string {
  let writers = formats.get(format);
  if (!writers) {
    writers = writersOf(format);
    if (formats.size >= 100) formats.clear();
    formats.set(format, writers);
  }
  let text = '';
  for (const writer of writers) text += writer(moment);
  return text;
}

/** The parts of a format. Throws `bad-value` for an empty one and for specifiers that nobody knows. */
function writersOf(format: string): readonly Writer[] {
  if (format === '') throw new SluiceError('bad-value', 'the format of strftime is empty');
  return (format.match(/%-?[\s\S]?|[^%]+/gu) ?? []).map((part) => {
    if (!part.startsWith('%')) return () => part;
    const writer = SPECIFIERS[part.slice(1)];
    if (!writer) throw new SluiceError('bad-value', `strftime does not know "${part}"`);
    return writer;
  });
}

function momentOf(days: number, micros: bigint): Moment {
  const clock = Number(micros);
  const seconds = Math.floor(clock / 1_000_000);
  return {
    days,
    ...civilFromDays(days),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micros: clock % 1_000_000,
  };
}
