import { below, makeLines, type Program, readNumbers, textOf } from './program.ts';

interface PaymentRecord {
  readonly status: string;
  readonly user: { readonly country: string };
  readonly cents: number;
  readonly tags: readonly string[];
}

const STATUSES = ['ok', 'ok', 'ok', 'failed', 'pending'];
const COUNTRIES = ['CH', 'DE', 'FR', 'IT', 'US', 'JP'];
const TAGS = ['new', 'gift', 'express', 'b2b', 'a "quoted" one'];

/** A sum over the records of a filter, from lines of JSON: JSON.parse a line. */
export const jsonFields: Program = {
  name: 'json-fields',
  input(bytes, random) {
    const pick = <T>(items: readonly T[]): T => items[below(random, items.length)]!;
    return makeLines(bytes, () =>
      JSON.stringify({
        id: below(random, 1e9),
        user: { name: `name ${below(random, 1000)}`, country: pick(COUNTRIES), age: below(random, 90) },
        status: pick(STATUSES),
        cents: below(random, 1_000_000),
        note: `paid by "card" number ${below(random, 1e6)} \\ ${below(random, 1e6)}`,
        tags: Array.from({ length: below(random, 4) }, () => pick(TAGS)),
        rate: below(random, 1000) / 1000,
        retried: random() < 0.1,
        parent: null,
      }),
    );
  },
  js(input) {
    let count = 0;
    let cents = 0;
    let tags = 0;
    for (const line of textOf(input).split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as PaymentRecord;
      if (record.status !== 'ok' || record.user.country !== 'CH') continue;
      count++;
      cents += record.cents;
      tags += record.tags.length;
    }
    return [[count, cents, tags].map(String)];
  },
  room: () => 24,
  read: (memory, { at }) => [readNumbers(memory, at, 3)],
};
