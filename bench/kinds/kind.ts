import type { Answer } from '../answers/answers.ts';
import type { DataRecord, MakingContext } from '../data/make-data.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Levels } from '../samples/levels.ts';

export type { Answer, DataRecord };

export type KindContext = MakingContext;

/**
 * What one measurement of a case gives. The metric `time`, in ms, is what findings and comparisons are about. The
 * runner adds `wall` and `cpu`, in ms, of the whole measurement: of this process and the session's.
 */
export interface Measurement {
  readonly metrics: readonly Metric[];
  /** The result of the work that was timed, made comparable after the clock has stopped; absent where it has none. */
  readonly answer?: Answer;
}

export interface Metric {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

/** A level that this machine cannot hold or that makes no sense, and why. */
export interface Skipped {
  readonly what: string;
  readonly why: string;
}

/** How often a case is measured at most. */
export interface Limits {
  readonly warmup: number;
  readonly most: number;
}

/** One experiment, ready to be measured. */
export interface Session {
  readonly cases: readonly Levels[];
  readonly skipped: readonly Skipped[];
  /** The data measured, for the manifest. */
  readonly data: readonly DataRecord[];
  /** What the manifest should tell besides: programs that take part and their versions, in words. */
  readonly notes?: readonly string[];
  /** Processes that work for the session at this moment. */
  pids(): readonly number[];
  /** Brings up whatever the case needs: servers, arrays. */
  setUp(levels: Levels): Promise<void>;
  measure(levels: Levels): Promise<Measurement>;
  /** For cases that are measured less often than the experiment says. */
  limits?(levels: Levels): Limits;
  /**
   * True of cases that need not use the CPU all the time, because they are paced, or wait for a link: only others are
   * marked as disturbed when they stood still.
   */
  waits?(levels: Levels): boolean;
  close(): Promise<void>;
}

/** A way to measure. One file of this folder each; what is declared in `workloads/` names one of them. */
export interface Kind {
  /** The factors that a case of this kind has. */
  readonly factors: readonly string[];
  /** Factors that it may have besides. */
  readonly optional?: readonly string[];
  /**
   * The factors that compete. Cases equal in all other factors form a contest: they take turns within each round, so
   * that a slow minute of the machine hits all of them.
   */
  readonly contenders: readonly string[];
  /** The factors on which the answer depends: cases equal in these must answer alike. */
  readonly answers: readonly string[];
  /** Checks settings and levels, makes the data. Errors are SluiceErrors that name the experiment. */
  open(experiment: Experiment, context: KindContext): Promise<Session>;
}
