import type { Levels } from '../samples/levels.ts';
import type { FindingSubject } from './finding.ts';

/** What tells a case apart from the others of its experiment, in words: `duty 0.1, link 100, csv`. */
export function describeVarying(levels: Levels, { factors }: FindingSubject): string {
  return Object.entries(levels)
    .filter(([factor, level]) => level !== '' && (factors[factor]?.length ?? 0) > 1)
    .map(([factor, level]) => (factor === 'lane' || factor === 'format' ? level : `${factor} ${level}`))
    .join(', ');
}
