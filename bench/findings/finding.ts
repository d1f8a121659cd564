import type { CaseSummary } from '../samples/summary.ts';
import type { Table } from '../samples/table.ts';

/** What findings need to know of the experiment that they are of. */
export interface FindingSubject {
  readonly name: string;
  readonly factors: Readonly<Record<string, string | readonly string[]>>;
  /** What is told of two cases: how many times as fast the subject is, or its time over the baseline's. */
  readonly ratio: 'speed' | 'time';
}

/** A factor, or a level of it, that a finding names, and the key of the YAML under which it does. */
export interface NamedFactor {
  readonly key: string;
  readonly factor: string;
  readonly level?: string;
}

/**
 * A way to answer an experiment's question in a sentence: one file of this folder each, with the schema `F` of what
 * stands in the YAML, and two lines in registry.ts.
 */
export interface FindingType<F> {
  /** The factors and levels that it names, so that misspelt ones are told when the YAML is read. */
  names(finding: F): readonly NamedFactor[];
  /**
   * One sentence or several, or none where the samples hold nothing of it. Numbers come with their intervals; of cases that are
   * wrong no number is told.
   * @param summaries All metrics of all cases of the experiment.
   */
  tell(
    finding: F,
    experiment: FindingSubject,
    summaries: readonly CaseSummary[],
    seed: number,
  ): string | readonly string[] | undefined;
  /** The numbers behind it, where sentences cannot hold them all. */
  table?(finding: F, experiment: FindingSubject, summaries: readonly CaseSummary[], seed: number): Table;
}
