/** Shares of named classes, as contact sheets show them. */

export interface ClassShare {
  readonly name: string;
  readonly share: number;
}

/** The class of an image, or the two of a blend, the larger share first. */
export function targetShares(
  {
    label,
    mixedLabel,
    mixedShare,
  }: { readonly label: number; readonly mixedLabel: number; readonly mixedShare: number },
  classNames: readonly string[],
): ClassShare[] {
  const name = classNames[label] as string;
  if (mixedShare === 0 || mixedLabel === label) return [{ name, share: 1 }];
  return [
    { name, share: 1 - mixedShare },
    { name: classNames[mixedLabel] as string, share: mixedShare },
  ];
}

const shown = 3;

/** The three most probable classes. */
export function mostProbable(probabilities: Float32Array, classNames: readonly string[]): ClassShare[] {
  const all = Array.from(probabilities, (share, label) => ({ name: classNames[label] as string, share }));
  return all.sort((a, b) => b.share - a.share).slice(0, shown);
}
