import { daysOf } from './calendar.ts';
import type { DrawnColumn } from './drawn-columns.ts';

const FIRST_DAY = daysOf(1992, 1, 1);
const DAYS = 2557;
const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel'];

/** Five types, for tables of many columns without a story: uniform values, none of them NULL. */
export const MIXED_COLUMNS: readonly DrawnColumn[] = [
  { name: 'quantity', type: { kind: 'int32' }, nullsPerMille: 0, draw: (random) => random.below(10_000) },
  {
    name: 'amount',
    type: { kind: 'decimal', precision: 12, scale: 2 },
    nullsPerMille: 0,
    draw: (random) => BigInt(random.below(1_000_000)),
  },
  { name: 'day', type: { kind: 'date' }, nullsPerMille: 0, draw: (random) => FIRST_DAY + random.below(DAYS) },
  { name: 'word', type: { kind: 'utf8' }, nullsPerMille: 0, draw: (random) => random.pick(WORDS) },
  { name: 'score', type: { kind: 'float64' }, nullsPerMille: 0, draw: (random) => random.below(1_000_000) / 1000 },
];
