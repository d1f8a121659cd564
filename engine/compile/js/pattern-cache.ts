import { likeTest, type TextTest } from './like.ts';

const KEPT = 256;

/** Tests of patterns that come with the rows; few in number, mostly. */
export class PatternCache {
  readonly #escape: string;
  readonly #folded: boolean;
  readonly #tests = new Map<string, TextTest>();
  #last = '';
  #test: TextTest | undefined;

  constructor(escaper: string, folded: boolean) {
    this.#escape = escaper;
    this.#folded = folded;
  }

  matches(pattern: string, bytes: Uint8Array, start: number, end: number): boolean {
    let test = this.#test;
    if (!test || pattern !== this.#last) {
      test = this.#tests.get(pattern) ?? this.#add(pattern);
      this.#last = pattern;
      this.#test = test;
    }
    return test(bytes, start, end);
  }

  #add(pattern: string): TextTest {
    if (this.#tests.size >= KEPT) this.#tests.clear();
    const test = likeTest(pattern, this.#escape, this.#folded);
    this.#tests.set(pattern, test);
    return test;
  }
}
