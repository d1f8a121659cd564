import type { Random } from './random.ts';

// TPC-H specification 4.2.2.14, "Grammar for the text", with the word lists of 4.2.2.13.
const words = (text: string): readonly string[] => text.split('|');

const NOUNS = words(
  'foxes|ideas|theodolites|pinto beans|instructions|dependencies|excuses|platelets|asymptotes|courts|dolphins|' +
    'multipliers|sauternes|warthogs|frets|dinos|attainments|somas|Tiresias|patterns|forges|braids|hockey players|' +
    'frays|warhorses|dugouts|notornis|epitaphs|pearls|tithes|waters|orbits|gifts|sheaves|depths|sentiments|decoys|' +
    'realms|pains|grouches|escapades',
);
const VERBS = words(
  'sleep|wake|are|cajole|haggle|nag|use|boost|affix|detect|integrate|maintain|nod|was|lose|sublate|solve|thrash|' +
    'promise|engage|hinder|print|x-ray|breach|eat|grow|impress|mold|poach|serve|run|dazzle|snooze|doze|unwind|kindle|' +
    'play|hang|believe|doubt',
);
const ADJECTIVES = words(
  'furious|sly|careful|blithe|quick|fluffy|slow|quiet|ruthless|thin|close|dogged|daring|brave|stealthy|permanent|' +
    'enticing|idle|busy|regular|final|ironic|even|bold|silent',
);
const ADVERBS = words(
  'sometimes|always|never|furiously|slyly|carefully|blithely|quickly|fluffily|slowly|quietly|ruthlessly|thinly|' +
    'closely|doggedly|daringly|bravely|stealthily|permanently|enticingly|idly|busily|regularly|finally|ironically|' +
    'evenly|boldly|silently',
);
const PREPOSITIONS = words(
  'about|above|according to|across|after|against|along|alongside of|among|around|at|atop|before|behind|beneath|' +
    'beside|besides|between|beyond|by|despite|during|except|for|from|in place of|inside|instead of|into|near|of|on|' +
    'outside|over|past|since|through|throughout|to|toward|under|until|up|upon|without|with|within',
);
const AUXILIARIES = words(
  'do|may|might|shall|will|would|can|could|should|ought to|must|will have to|shall have to|could have to|' +
    'should have to|must have to|need to|try to',
);
const TERMINATORS = words('.|;|:|?|!|--');

function nounPhrase(random: Random): string {
  const noun = random.pick(NOUNS);
  const shape = random.below(9);
  if (shape < 1) return noun;
  if (shape < 3) return `${random.pick(ADJECTIVES)} ${noun}`;
  if (shape < 4) return `${random.pick(ADJECTIVES)}, ${random.pick(ADJECTIVES)} ${noun}`;
  return `${random.pick(ADVERBS)} ${random.pick(ADJECTIVES)} ${noun}`;
}

function verbPhrase(random: Random): string {
  const verb = random.pick(VERBS);
  const shape = random.below(4);
  const first = shape & 1 ? `${random.pick(AUXILIARIES)} ${verb}` : verb;
  return shape & 2 ? `${first} ${random.pick(ADVERBS)}` : first;
}

function prepositionalPhrase(random: Random): string {
  return `${random.pick(PREPOSITIONS)} the ${nounPhrase(random)}`;
}

function sentence(random: Random): string {
  const parts = [nounPhrase(random)];
  const shape = random.below(5);
  if (shape >= 3) parts.push(prepositionalPhrase(random));
  parts.push(verbPhrase(random));
  if (shape === 1 || shape === 4) parts.push(prepositionalPhrase(random));
  if (shape === 2 || shape === 3) parts.push(nounPhrase(random));
  return parts.join(' ') + random.pick(TERMINATORS);
}

/** `length` bytes of ASCII pseudo text; a column's texts are slices of such a pool, as in the specification. */
export function pseudoText(random: Random, length: number): Uint8Array {
  const sentences: string[] = [];
  for (let total = 0; total < length; ) {
    const next = sentence(random);
    sentences.push(next);
    total += next.length + 1;
  }
  return new TextEncoder().encode(sentences.join(' ')).subarray(0, length);
}
