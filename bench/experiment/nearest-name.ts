/** How many letters must be put in, left out, replaced or swapped with the next (Damerau 1964, Levenshtein 1966). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i || j));
  for (let i = 1; i <= a.length; i++) {
    rows[i]![0] = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The end of a complaint about a name: the one that was probably meant, and all that there are. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = known
    .map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  const there = `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`;
  const isNear = nearest && nearest.far <= Math.max(1, name.length / 3);
  return isNear ? `did you mean "${nearest.other}"? (${there})` : there;
}
