import type { BoundFragment } from '../../../query/fragment.ts';
import {
  compileFusedAggregates,
  type FusedAggregates,
  planFusedAggregates,
} from '../../compile/to-wasm/fused-aggregates.ts';
import type { EngineMemory } from './memory.ts';
import { type RunLoop, SimdInstances } from './simd-instances.ts';

/** How a fragment's aggregates can be fused: with its filter, or over rows that have passed it. */
interface FusedPlans {
  readonly whole: FusedAggregates | undefined;
  readonly afterFilter: FusedAggregates | undefined;
}

/** Plans and compiles fused loops, and keeps them: plans by fragment, instances by shape. */
export class FusedLoops {
  #plans = new WeakMap<BoundFragment, FusedPlans>();
  #instances: SimdInstances;

  constructor(memory: EngineMemory) {
    this.#instances = new SimdInstances(memory);
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

  /** Takes rows and gives 0, or gives 1 where nothing was taken because scalar code must decide. */
  instance(fused: FusedAggregates, nullable: boolean): RunLoop {
    return this.#instances.get(`${fused.shape} ${nullable}`, () => compileFusedAggregates(fused, nullable));
  }
}
