/** V8's compilers, from the first to the last that a function may see. */
export const TIERS = ['Ignition', 'Sparkplug', 'Maglev', 'Liftoff', 'TurboFan'] as const;
export type Tier = (typeof TIERS)[number];

/** The flag that lets code ask V8 about itself. */
export const ASK_V8 = '--allow-natives-syntax';

type Ask = (code: unknown) => boolean;

/**
 * Tells which compiler made the code that a call of the function enters; null while there is none, as before the first
 * call. A loop that V8 replaces while it runs is not seen before the next call.
 */
export function tierReader(isWasm: boolean): (code: unknown) => Tier | null {
  const asks: [Tier, Ask][] = isWasm
    ? [
        ['Liftoff', ask('IsLiftoffFunction')],
        ['TurboFan', ask('IsTurboFanFunction')],
      ]
    : [
        ['Ignition', ask('ActiveTierIsIgnition')],
        ['Sparkplug', ask('ActiveTierIsSparkplug')],
        ['Maglev', ask('ActiveTierIsMaglev')],
        ['TurboFan', ask('ActiveTierIsTurbofan')],
      ];
  return (code) => asks.find(([, isIt]) => isIt(code))?.[0] ?? null;
}

/** Type stripping does not know V8's syntax, and only processes with the flag do. */
function ask(name: string): Ask {
  return new Function('code', `return %${name}(code)`) as Ask;
}

/** Never the first code of a function: what these make during the first call runs from the second one on. */
const LATER_TIERS: readonly Tier[] = ['Sparkplug', 'Maglev'];

/**
 * The first call that enters the code of each tier, by the tiers after each call. What is compiled because a function is
 * called for the first time runs in that very call.
 */
export function firstCalls(after: readonly (Tier | null)[]): Partial<Record<Tier, number>> {
  const found: Partial<Record<Tier, number>> = {};
  after.forEach((tier, i) => {
    if (tier) found[tier] ??= i === 0 && !LATER_TIERS.includes(tier) ? 1 : i + 2;
  });
  return found;
}
