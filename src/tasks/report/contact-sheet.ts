/** Contact sheets: a table of pictures with their classes and the most probable classes of a teacher, as a PNG file. */
import sharp, { type OverlayOptions } from 'sharp';
import type { Image } from '#data/images/image-source';
import type { ClassShare } from '#data/sets/class-shares';
import { shortened, strokedText, type TextStyle, textWidth } from './stroke-font.js';

export interface ContactSheet {
  readonly title: string;
  /** Lines under the title. */
  readonly about: readonly string[];
  /** Headings of the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SheetCell[])[];
}

/** A picture and what is written under it. */
export interface SheetCell {
  readonly image: Image;
  /** Classes of the picture and their shares, the larger share first. */
  readonly classes: readonly ClassShare[];
  /** Classes that a teacher finds most probable. */
  readonly probable?: readonly ClassShare[] | undefined;
  /** What was done to the picture. */
  readonly notes?: readonly string[] | undefined;
}

const pictureSide = 168; // pixels
const columnGap = 22;
const rowGap = 26;
const margin = 30;
const lineHeight = 17;
const noteLines = 2; // at most; the rest is cut off

const styles = {
  title: { size: 16, color: '#1c2733', isBold: true },
  about: { size: 9, color: '#5d6b7a' },
  heading: { size: 9, color: '#8793a0' },
  name: { size: 9.5, color: '#1c2733', isBold: true },
  probable: { size: 8.5, color: '#33414e' },
  note: { size: 7.5, color: '#8793a0' },
} as const satisfies Record<string, TextStyle>;

const right = '#bfe3cf'; // bar of a class of the picture
const wrong = '#dfe5ec'; // bar of any other class
const frame = '#eef1f4';

/** Draws the sheet; returns the bytes of a PNG file. */
export async function contactSheetPng(sheet: ContactSheet): Promise<Buffer> {
  const parts: string[] = [];
  const pictures: Promise<OverlayOptions>[] = [];
  const columns = Math.max(1, ...sheet.rows.map((row) => row.length));
  const width = 2 * margin + columns * pictureSide + (columns - 1) * columnGap;
  let y = margin + styles.title.size;
  parts.push(line(sheet.title, margin, y, styles.title, width - 2 * margin));
  y += 4;
  for (const about of sheet.about) {
    y += lineHeight;
    parts.push(line(about, margin, y, styles.about, width - 2 * margin));
  }
  y += lineHeight + 12;
  for (const [i, heading] of sheet.columns.entries()) parts.push(line(heading, columnLeft(i), y, styles.heading));
  y += 9;
  for (const row of sheet.rows) {
    for (const [i, cell] of row.entries()) {
      const left = columnLeft(i);
      parts.push(`<rect x="${left}" y="${y}" width="${pictureSide}" height="${pictureSide}" rx="3" fill="${frame}"/>`);
      pictures.push(picture(cell.image, left, y));
      parts.push(...captions(cell, left, y + pictureSide + 7 + styles.name.size));
    }
    y += pictureSide + captionHeight(row) + rowGap;
  }
  const height = Math.round(y - rowGap + margin);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="white"/>${parts.join('')}</svg>`;
  const base = sharp(Buffer.from(svg));
  return base
    .composite(await Promise.all(pictures))
    .removeAlpha()
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function columnLeft(i: number): number {
  return margin + i * (pictureSide + columnGap);
}

function line(text: string, x: number, y: number, style: TextStyle, width = pictureSide): string {
  return strokedText(shortened(text, style.size, width), x, y, style);
}

/** The lines under a picture, the first with its baseline at `top`. */
function captions({ classes, probable = [], notes = [] }: SheetCell, left: number, top: number): string[] {
  const parts: string[] = [];
  let y = top;
  for (const { name, share } of classes) {
    const text = classes.length === 1 ? name : `${Math.round(100 * share)} % ${name}`;
    parts.push(line(text, left, y, styles.name));
    y += lineHeight;
  }
  for (const { name, share } of probable) {
    const isRight = classes.some((own) => own.name === name);
    parts.push(bar(left, y, share, isRight ? right : wrong));
    const percent = share.toFixed(2);
    const end = textWidth(percent, styles.probable.size);
    parts.push(line(name, left + 4, y, styles.probable, pictureSide - end - 14));
    parts.push(line(percent, left + pictureSide - end - 4, y, styles.probable));
    y += lineHeight;
  }
  for (const text of wrapped(notes)) {
    parts.push(line(text, left, y - 2, styles.note));
    y += lineHeight - 4;
  }
  return parts;
}

/** A bar behind a line of text: its length is the share. */
function bar(left: number, baseline: number, share: number, color: string): string {
  const length = (share * pictureSide).toFixed(1);
  const shape = `x="${left}" y="${baseline - styles.probable.size - 3}" height="${lineHeight - 3}" rx="2"`;
  return `<rect ${shape} width="${pictureSide}" fill="#f6f8fa"/><rect ${shape} width="${length}" fill="${color}"/>`;
}

function captionHeight(row: readonly SheetCell[]): number {
  const heights = row.map(
    ({ classes, probable = [], notes = [] }) =>
      (classes.length + probable.length) * lineHeight + wrapped(notes).length * (lineHeight - 4),
  );
  return Math.max(0, ...heights) + 4;
}

/** The notes in as many lines as they may have, separated by commas. */
function wrapped(notes: readonly string[]): string[] {
  const lines: string[] = [];
  for (const note of notes) {
    const last = lines.at(-1);
    const longer = last === undefined ? note : `${last}, ${note}`;
    const fits = textWidth(longer, styles.note.size) <= pictureSide;
    if (last === undefined || (!fits && lines.length < noteLines)) lines.push(note);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A picture in the middle of its frame: enlarged by a whole number so that pixels stay sharp, or reduced. */
async function picture({ height, width, channels, pixels }: Image, left: number, top: number): Promise<OverlayOptions> {
  const scale = pictureSide / Math.max(height, width);
  const factor = scale >= 1 ? Math.floor(scale) : scale;
  const size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
  const input = await sharp(pixels, { raw: { width, height, channels: channels === 1 ? 1 : 3 } })
    .resize({ ...size, fit: 'fill', kernel: scale >= 1 ? 'nearest' : 'lanczos3' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
  const middle = (extent: number) => Math.floor((pictureSide - extent) / 2);
  return { input, left: left + middle(size.width), top: Math.round(top) + middle(size.height) };
}
