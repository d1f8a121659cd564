// Regular expressions as automata over bytes: see query/automaton.ts for the table.

const CLASSES: usize = 2;
const ENDS: usize = CLASSES + 256;

/** Whether a text is accepted. The pattern and its options are for the host only. */
export function matchesAutomaton(
  text: usize,
  length: u32,
  pattern: usize,
  patternLength: u32,
  options: usize,
  optionsLength: u32,
  table: usize,
  tableLength: u32,
  state: usize,
): i32 {
  const shift = <usize>load<u8>(table), classes = table + CLASSES;
  let current = <usize>load<u8>(table, 1);
  // Behind the ends of all states are their rows: as many as both have room for.
  const states = (<usize>tableLength - ENDS) / (1 + (<usize>1 << shift));
  const rows = table + ENDS + states;
  for (const end = text + length; text < end && current > 1; text++) {
    current = <usize>load<u8>(rows + (current << shift) + <usize>load<u8>(classes + <usize>load<u8>(text)));
  }
  return load<u8>(table + ENDS + current);
}
