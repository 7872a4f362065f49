/** The Levenshtein distance between two words. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The candidate most similar to `word`; undefined if none is similar enough. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const name of candidates) {
    const [a, b] = [word.toLowerCase(), name.toLowerCase()];
    const cutShort = word.length >= 3 && (a.startsWith(b) || b.startsWith(a)); // target for targetMs
    const isFar = Math.abs(a.length - b.length) > limit; // skip the count, which is slow for long words
    const steps = isFar ? Number.POSITIVE_INFINITY : editDistance(a, b);
    const distance = cutShort ? Math.min(limit, steps) : steps;
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** The end of a message about an unknown word: `; did you mean x?`, or empty. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const name = nearest(word, candidates);
  return name === undefined ? '' : `; did you mean ${name}?`;
}
