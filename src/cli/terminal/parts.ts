/** Lines made of parts, of which the least important are left out where the line is too long. */
import { type Style, styled } from './style.js';

/** One part of a line; from a line that is too long, the parts with the highest rank are dropped first. */
export interface Part {
  readonly text: string;
  readonly rank: number;
  readonly style?: Style;
}

const gap = '  ';

/** Joins the parts to a line of at most `width` columns; the first part stays, cut if need be. */
export function fittedLine(parts: readonly Part[], width: number, colours: boolean): string {
  let kept = parts;
  while (kept.length > 1 && lengthOf(kept) > width) {
    const least = Math.max(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== least);
  }
  if (lengthOf(kept) > width) return (kept[0] as Part).text.slice(0, Math.max(0, width));
  return kept.map(({ text, style }) => styled(text, style, colours)).join(gap);
}

/** The columns that the parts take on one line. */
export function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + text.length, (parts.length - 1) * gap.length);
}
