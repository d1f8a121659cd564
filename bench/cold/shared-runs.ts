/** Processes of which each gives one sample of several cases: every case takes from the same one, once. */
export class SharedRuns<Run> {
  readonly #current = new Map<string, { readonly run: Run; readonly due: Set<string> }>();

  /**
   * The run that gives the next sample of a case: the last one of this `key`, until the case has taken its sample of it;
   * then another is started, which holds samples of all `parts`.
   */
  async take(key: string, part: string, parts: readonly string[], start: () => Promise<Run>): Promise<Run> {
    let current = this.#current.get(key);
    if (!current?.due.has(part)) {
      current = { run: await start(), due: new Set(parts) };
      this.#current.set(key, current);
    }
    current.due.delete(part);
    return current.run;
  }
}
