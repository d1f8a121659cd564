import { describeLevels, type Levels } from '../samples/levels.ts';

/** Cases that differ in the contenders alone and so are measured in turns. */
export interface Contest {
  /** What they have in common. */
  readonly levels: Levels;
  readonly cases: Levels[];
}

/** Groups cases by all but the contending factors, in the order of the first case of each. */
export function contestsOf(cases: readonly Levels[], contenders: readonly string[]): Contest[] {
  const contests = new Map<string, Contest>();
  for (const levels of cases) {
    const common = Object.fromEntries(Object.entries(levels).filter(([factor]) => !contenders.includes(factor)));
    const key = JSON.stringify(common);
    const contest = contests.get(key);
    if (contest) contest.cases.push(levels);
    else contests.set(key, { levels: common, cases: [levels] });
  }
  return [...contests.values()];
}

export function describeContest({ levels, cases }: Contest): string {
  return [describeLevels(levels), `${cases.length} ${cases.length === 1 ? 'case' : 'cases'}`]
    .filter((part) => part !== '')
    .join(', ');
}
