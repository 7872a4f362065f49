/**
 * Text as strokes of SVG paths, for pictures that are drawn on machines without fonts. Our own letters; capitals are 14
 * units high, small letters 9, the baseline is at 14.
 */

/** A character: its width and its strokes. */
type Glyph = readonly [width: number, strokes: string];

const gap = 3.2; // between characters

const bowl = 'M8 9.5A4 4.5 0 1 1 0 9.5A4 4.5 0 1 1 8 9.5';
const sharpS =
  'M8.5 2.5C7.5 .8 6.2 0 4.5 0C2 0 .5 1.4 .5 3.5C.5 6 2.5 6.5 4.6 7C7 7.5 9 8.2 9 10.5C9 12.8 7.2 14 4.7 14C2.6 14 1 13.2 0 11.4';

const glyphs: Readonly<Record<string, Glyph>> = {
  ' ': [3, ''],
  '!': [1, 'M.5 0V9.5M.5 13.5h.01'],
  '"': [4, 'M.5 0V4M3.5 0V4'],
  '#': [10, 'M3.5 0L2 14M8 0L6.5 14M.5 4.5H10M0 9.5H9.5'],
  $: [9, `${sharpS}M4.6 -2V16`],
  '%': [13, 'M12 0L1 14M3 0A2.8 3.2 0 1 0 3 6.4A2.8 3.2 0 1 0 3 0M10 7.6A2.8 3.2 0 1 0 10 14A2.8 3.2 0 1 0 10 7.6'],
  '&': [11, 'M11 14L2.8 4.6C1.5 3 2 0 4.8 0C7.5 0 8 3.2 6 4.7L2.5 7.2C-.8 9.6 .2 14 4.2 14C7.5 14 9.8 11.5 10 8'],
  "'": [1, 'M.5 0V4'],
  '(': [4, 'M4 -1C.5 3 .5 12 4 16'],
  ')': [4, 'M0 -1C3.5 3 3.5 12 0 16'],
  '*': [6, 'M3 0V6M.4 1.5L5.6 4.5M5.6 1.5L.4 4.5'],
  '+': [9, 'M4.5 4V12M.5 8H8.5'],
  ',': [2, 'M1.2 13.5L.4 16.5'],
  '-': [6, 'M.5 9H5.5'],
  '.': [1, 'M.5 13.5h.01'],
  '/': [7, 'M7 -1L0 16'],
  '0': [9, 'M4.5 0C1.5 0 0 2.8 0 7S1.5 14 4.5 14S9 11.2 9 7S7.5 0 4.5 0Z'],
  '1': [9, 'M2 3L5.5 0V14'],
  '2': [9, 'M.5 3.8A4 3.9 0 1 1 7.6 6.3L0 14H9'],
  '3': [9, 'M.5 2.5A3.8 3.6 0 1 1 4 7A4 3.6 0 1 1 0 11.5'],
  '4': [9, 'M7 14V0L0 10H9'],
  '5': [9, 'M8 0H1.5L1 6.3A4.3 4.4 0 1 1 0 11.5'],
  '6': [9, 'M7.5 .5C3 .2 0 4 0 9.3A4.5 4.6 0 1 0 9 9.3A4.5 4.6 0 1 0 0 9.3'],
  '7': [9, 'M0 0H9L3.5 14'],
  '8': [9, 'M4.5 6.6A3.6 3.3 0 1 1 4.5 0A3.6 3.3 0 1 1 4.5 6.6A4.4 3.7 0 1 0 4.5 14A4.4 3.7 0 1 0 4.5 6.6'],
  '9': [9, 'M1.5 13.5C6 13.8 9 10 9 4.7A4.5 4.6 0 1 0 0 4.7A4.5 4.6 0 1 0 9 4.7'],
  ':': [1, 'M.5 6h.01M.5 13.5h.01'],
  ';': [2, 'M1 6h.01M1.2 13.5L.4 16.5'],
  '<': [8, 'M8 3.5L0 8L8 12.5'],
  '=': [9, 'M.5 6H8.5M.5 10.5H8.5'],
  '>': [8, 'M0 3.5L8 8L0 12.5'],
  '?': [8, 'M0 3A4 3.7 0 1 1 5.5 6.8C4.2 7.5 4 8.2 4 9.8M4 13.5h.01'],
  '@': [14, 'M10 7A3 3.5 0 1 0 4 7A3 3.5 0 1 0 10 7M10 3.5V9C10 12 14 11 14 7A7 7 0 1 0 10 13'],
  A: [10, 'M0 14L5 0L10 14M1.8 9H8.2'],
  B: [9, 'M0 7H5A3.5 3.5 0 0 0 5 0H0V14H5.3A3.5 3.5 0 0 0 5.3 7'],
  C: [10, 'M10 3A5.5 7 0 1 0 10 11'],
  D: [10, 'M0 0H4A6 7 0 0 1 4 14H0Z'],
  E: [8, 'M8 0H0V14H8M0 7H7'],
  F: [8, 'M8 0H0V14M0 7H7'],
  G: [11, 'M10 3A5.5 7 0 1 0 11 8H7'],
  H: [10, 'M0 0V14M10 0V14M0 7H10'],
  I: [1, 'M.5 0V14'],
  J: [6, 'M6 0V10A3 4 0 0 1 0 10'],
  K: [9, 'M0 0V14M9 0L0 8.5M3.2 5.6L9 14'],
  L: [8, 'M0 0V14H8'],
  M: [12, 'M0 14V0L6 9L12 0V14'],
  N: [10, 'M0 14V0L10 14V0'],
  O: [11, 'M5.5 0A5.5 7 0 1 0 5.5 14A5.5 7 0 1 0 5.5 0Z'],
  P: [9, 'M0 14V0H5A4 4 0 0 1 5 8H0'],
  Q: [11, 'M5.5 0A5.5 7 0 1 0 5.5 14A5.5 7 0 1 0 5.5 0ZM7 10L11 15'],
  R: [9, 'M0 14V0H5A4 4 0 0 1 5 8H0M5 8L9 14'],
  S: [9, sharpS],
  T: [10, 'M0 0H10M5 0V14'],
  U: [10, 'M0 0V9A5 5 0 0 0 10 9V0'],
  V: [10, 'M0 0L5 14L10 0'],
  W: [14, 'M0 0L3.5 14L7 2L10.5 14L14 0'],
  X: [10, 'M0 0L10 14M10 0L0 14'],
  Y: [10, 'M0 0L5 7.5V14M10 0L5 7.5'],
  Z: [9, 'M0 0H9L0 14H9'],
  '[': [4, 'M4 -1H.5V16H4'],
  '\\': [7, 'M0 -1L7 16'],
  ']': [4, 'M0 -1H3.5V16H0'],
  '^': [8, 'M0 5L4 0L8 5'],
  _: [8, 'M0 16H8'],
  '`': [3, 'M0 0L3 3'],
  a: [8, `${bowl}M8 5V14`],
  b: [8, `${bowl}M0 0V14`],
  c: [7, 'M7.3 7A4 4.5 0 1 0 7.3 12'],
  d: [8, `${bowl}M8 0V14`],
  e: [8, 'M0 9.5H8A4 4.5 0 1 0 7 12.6'],
  f: [5, 'M5.5 .3C3.5 -.3 2 .5 2 3V14M0 5H5'],
  g: [8, `${bowl}M8 5V15A4 3.7 0 0 1 .7 16.5`],
  h: [8, 'M0 0V14M0 9A4 4 0 0 1 8 9V14'],
  i: [1, 'M.5 5V14M.5 1h.01'],
  j: [3, 'M2.5 5V16A2.3 2.3 0 0 1 0 18M2.5 1h.01'],
  k: [7, 'M0 0V14M7 5L0 11M2.7 8.8L7.3 14'],
  l: [1, 'M.5 0V14'],
  m: [12, 'M0 5V14M0 8A3 3 0 0 1 6 8V14M6 8A3 3 0 0 1 12 8V14'],
  n: [8, 'M0 5V14M0 9A4 4 0 0 1 8 9V14'],
  o: [8, bowl],
  p: [8, `${bowl}M0 5V19`],
  q: [8, `${bowl}M8 5V19`],
  r: [5, 'M0 5V14M0 9.5C.3 6.5 2 5 5 5'],
  s: [
    7,
    'M6.3 6.6C5.6 5.5 4.7 5 3.4 5C1.6 5 .5 5.9 .5 7.2C.5 8.8 1.9 9.1 3.4 9.4C5.2 9.8 6.6 10.2 6.6 11.7C6.6 13.2 5.3 14 3.5 14C1.9 14 .7 13.4 0 12.2',
  ],
  t: [5, 'M2 1.5V11.5C2 13.5 3.2 14.3 5.2 13.8M0 5H5'],
  u: [8, 'M0 5V10A4 4 0 0 0 8 10M8 5V14'],
  v: [8, 'M0 5L4 14L8 5'],
  w: [12, 'M0 5L3 14L6 6L9 14L12 5'],
  x: [7, 'M0 5L7 14M7 5L0 14'],
  y: [8, 'M0 5L4 14M8 5L4 14L2.6 17.5C2.2 18.5 1.5 19 0 18.8'],
  z: [7, 'M0 5H7L0 14H7'],
  '{': [5, 'M5 -1C2 -1 2.5 2 2.5 4S2.5 7.5 .3 7.5C2.5 7.5 2.5 9 2.5 11S2 16 5 16'],
  '|': [1, 'M.5 -1V16'],
  '}': [5, 'M0 -1C3 -1 2.5 2 2.5 4S2.5 7.5 4.7 7.5C2.5 7.5 2.5 9 2.5 11S3 16 0 16'],
  '~': [9, 'M0 9C1 6.5 3 6.5 4.5 8S8 9.5 9 7'],
};

/** Stands for a character without a glyph. */
const unknown: Glyph = [8, 'M0 0H8V14H0Z'];

/** The glyphs of a text; letters with accents lose them. */
function glyphsOf(text: string): Glyph[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return [...plain].map((character) => (Object.hasOwn(glyphs, character) ? (glyphs[character] as Glyph) : unknown));
}

/** The width of a text whose capitals are `size` high. */
export function textWidth(text: string, size: number): number {
  const widths = glyphsOf(text).map(([width]) => width + gap);
  return (Math.max(0, widths.reduce((sum, width) => sum + width, 0) - gap) * size) / 14;
}

/** The longest beginning of a text that fits into a width, with dots in the place of what is cut off. */
export function shortened(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}..`, size) > width) characters.pop();
  return `${characters.join('').trimEnd()}..`;
}

export interface TextStyle {
  /** Height of capitals in pixels. */
  readonly size: number;
  readonly color: string;
  readonly isBold?: boolean | undefined;
}

/** A text as an SVG group; its first character starts at `x`, its baseline is at `y`. */
export function strokedText(text: string, x: number, y: number, { size, color, isBold = false }: TextStyle): string {
  let at = 0;
  const paths = glyphsOf(text).map(([width, strokes]) => {
    const path = strokes === '' ? '' : `<path transform="translate(${at.toFixed(1)})" d="${strokes}"/>`;
    at += width + gap;
    return path;
  });
  const place = `translate(${x.toFixed(1)} ${(y - size).toFixed(1)}) scale(${(size / 14).toFixed(4)})`;
  const pen = `stroke="${color}" stroke-width="${isBold ? 2.3 : 1.6}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<g transform="${place}" fill="none" ${pen}>${paths.join('')}</g>`;
}
