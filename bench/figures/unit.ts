/** A unit as axes and headings write it. */
export function readableUnit(unit: string): string {
  return unit.replace('1e6 ', 'million ').replace('1e9 ', 'billion ');
}
