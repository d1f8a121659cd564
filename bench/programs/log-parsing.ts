import { below, makeLines, type Program, readNumbers, textOf } from './program.ts';

const LINE = /^(\S+) (\S+) (\S+) (\S+) (\S+) (\d{3}) (\d+) (\d+\.\d{3})$/;
const CLASSES = 5;
const SERVICES = ['gateway', 'billing', 'search', 'catalogue'];
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const STATUSES = [200, 200, 200, 200, 201, 204, 301, 304, 400, 404, 500, 503];

/** Requests, bytes and the longest time by class of status, from an access log: a regular expression a line. */
export const logParsing: Program = {
  name: 'log-parsing',
  input(bytes, random) {
    let at = Date.UTC(2024, 0, 1);
    const pick = <T>(items: readonly T[]): T => items[below(random, items.length)]!;
    return makeLines(bytes, () => {
      at += below(random, 50);
      const time = new Date(at).toISOString();
      const duration = (below(random, 2_000_000) / 1000).toFixed(3);
      const path = `/v1/items/${below(random, 100_000)}`;
      return `${time} INFO ${pick(SERVICES)} ${pick(METHODS)} ${path} ${pick(STATUSES)} ${below(random, 1e6)} ${duration}`;
    });
  },
  js(input) {
    const sums = Array.from({ length: CLASSES }, () => ({ requests: 0, bytes: 0, longest: 0 }));
    for (const line of textOf(input).split('\n')) {
      if (line === '') continue;
      const [, , , , , , status, bytes, duration] = LINE.exec(line)!;
      const sum = sums[Number(status![0]) - 1]!;
      sum.requests++;
      sum.bytes += Number(bytes);
      sum.longest = Math.max(sum.longest, Number(duration));
    }
    return sums.map(({ requests, bytes, longest }) => [requests, bytes, Math.round(longest * 1000)].map(String));
  },
  room: () => CLASSES * 24,
  read(memory, { at }) {
    return Array.from({ length: CLASSES }, (_, i) => readNumbers(memory, at + 24 * i, 3));
  },
};
