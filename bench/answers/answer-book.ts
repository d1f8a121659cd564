import { describeLevels, type Levels } from '../samples/levels.ts';
import type { WrongCase } from '../samples/summary.ts';
import { type Answer, firstDifference } from './answers.ts';

/** The cases that gave one answer to a question. */
interface Camp {
  /** The most exact one of those that are equal. */
  answer: Answer;
  readonly cases: Map<string, Levels>;
}

/**
 * Holds all answers to each question of an experiment. What most of the cases answer is taken for right; all others are
 * wrong, and so is everyone where no answer has more cases than every other, since then nothing is verified. A case that
 * gives two answers is wrong in any event.
 */
export class AnswerBook {
  readonly #questions = new Map<string, Camp[]>();

  /** @param question What the answer depends on: equal questions must get equal answers. */
  add(question: string, levels: Levels, answer: Answer): void {
    const camps = this.#questions.get(question) ?? [];
    this.#questions.set(question, camps);
    let camp = camps.find((other) => firstDifference(other.answer, answer) === undefined);
    if (!camp) {
      camp = { answer, cases: new Map() };
      camps.push(camp);
    }
    if (answer.approximate.length < camp.answer.approximate.length) camp.answer = answer;
    camp.cases.set(JSON.stringify(levels), levels);
  }

  /** The cases that are wrong by what was answered so far, and in which cell they differ from whom. */
  wrong(experiment: string): WrongCase[] {
    const found = new Map<string, WrongCase>();
    for (const camps of this.#questions.values()) {
      if (camps.length === 1) continue;
      const [largest, second] = [...camps].sort((a, b) => b.cases.size - a.cases.size) as [Camp, Camp];
      const undecided = largest.cases.size === second.cases.size;
      for (const camp of camps) {
        const other = camp === largest ? second : largest;
        const difference = firstDifference(camp.answer, other.answer);
        for (const [key, levels] of camp.cases) {
          const wavers = camps.some(({ cases }, i) => camps[i] !== camp && cases.has(key));
          if (camp === largest && !undecided && !wavers) continue;
          const whom = describeLevels([...other.cases.values()][0]!);
          const why = wavers
            ? `it gave different results in different rounds: ${difference}`
            : `the result differs from ${whom}: ${difference}`;
          found.set(key, { experiment, levels, why });
        }
      }
    }
    return [...found.values()];
  }
}
