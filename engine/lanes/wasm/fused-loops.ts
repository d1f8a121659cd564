import { LRUCache } from 'lru-cache';
import type { BoundFragment } from '../../../query/fragment.ts';
import {
  compileFusedAggregates,
  type FusedAggregates,
  planFusedAggregates,
} from '../../compile/to-wasm/fused-aggregates.ts';
import type { EngineMemory } from './memory.ts';

/** Takes `count` rows; gives 0, or 1 where nothing was taken because scalar code must decide. */
export type RunFused = (count: number, block: number) => number;

/** How a fragment's aggregates can be fused: with its filter, or over rows that have passed it. */
interface FusedPlans {
  readonly whole: FusedAggregates | undefined;
  readonly afterFilter: FusedAggregates | undefined;
}

/** Plans and compiles fused loops, and keeps them: plans by fragment, instances by shape. */
export class FusedLoops {
  #memory: EngineMemory;
  #plans = new WeakMap<BoundFragment, FusedPlans>();
  #instances = new LRUCache<string, RunFused>({ max: 256 });

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  plansOf(fragment: BoundFragment): FusedPlans {
    const known = this.#plans.get(fragment);
    if (known) return known;
    const { conjuncts, output } = fragment;
    const plans: FusedPlans =
      output.kind === 'groups' && output.keys.length === 0
        ? {
            whole: planFusedAggregates(conjuncts, output.aggregates),
            afterFilter: planFusedAggregates([], output.aggregates),
          }
        : { whole: undefined, afterFilter: undefined };
    this.#plans.set(fragment, plans);
    return plans;
  }

  instance(fused: FusedAggregates, nullable: boolean): RunFused {
    const key = `${fused.shape} ${nullable}`;
    const known = this.#instances.get(key);
    if (known) return known;
    const module = new WebAssembly.Module(compileFusedAggregates(fused, nullable));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory.memory } });
    const run = exports.run as RunFused;
    this.#instances.set(key, run);
    return run;
  }
}
