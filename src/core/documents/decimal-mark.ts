/** Reads numbers in the notations of all countries' spreadsheets: 1234.5, 1,234.5, 1.234,5, 1 234,5 or 1'234.5. */

export type DecimalMark = '.' | ',';

/** `either` if the number is ambiguous (1.234 or 1,234), `none` if it reads the same under both marks. */
export type ShownMark = DecimalMark | 'either' | 'none';

const sign = '[+-]?';
const power = '(?:e[+-]?\\d+)?';
const whole = new RegExp(`^${sign}\\d+${power}$`, 'i');
const fraction = new RegExp(`^${sign}(?:\\d+([.,])\\d*|([.,])\\d+)${power}$`, 'i');
const oneGroup = new RegExp(`^${sign}[1-9]\\d{0,2}[.,]\\d{3}$`);
const markedGroups = new RegExp(`^${sign}[1-9]\\d{0,2}([.,])\\d{3}(?:\\1\\d{3})*(?:(?!\\1)([.,])\\d+)?$`);
const spacedGroups = new RegExp(`^${sign}[1-9]\\d{0,2}([ '’])\\d{3}(?:\\1\\d{3})*(?:([.,])\\d+)?$`);
const spaces = /[\u00a0\u2009\u202f]/g; // no-break, thin, narrow no-break: thousands separators in French

/** The decimal mark that a number shows; undefined if the text is no number. */
export function decimalMarkOf(text: string): ShownMark | undefined {
  const plain = text.replace(spaces, ' ');
  if (whole.test(plain)) return 'none';
  if (oneGroup.test(plain)) return 'either';
  const [isFraction, before, leading] = fraction.exec(plain) ?? [];
  if (isFraction !== undefined) return (before ?? leading) as ShownMark;
  const [isMarked, group, mark] = markedGroups.exec(plain) ?? [];
  if (isMarked !== undefined) return (mark ?? (group === '.' ? ',' : '.')) as ShownMark;
  const [isSpaced, , after = 'none'] = spacedGroups.exec(plain) ?? [];
  return isSpaced === undefined ? undefined : (after as ShownMark);
}

/** The value of a number whose decimal mark, if any, is `mark`. */
export function decimalValue(text: string, mark: DecimalMark): number {
  const digits = [...text].filter((character) => character === mark || /[\de+-]/i.test(character));
  return Number(digits.join('').replace(mark, '.'));
}
