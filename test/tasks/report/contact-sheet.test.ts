import sharp from 'sharp';
import { expect, it } from 'vitest';
import { contactSheetPng } from '#tasks/report/contact-sheet';
import { shortened, strokedText, textWidth } from '#tasks/report/stroke-font';

const image = { height: 2, width: 2, channels: 3, pixels: Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]) };
const classes = [{ name: 'cat', share: 1 }];

it('small pictures are enlarged with sharp pixels, and text is drawn without fonts', async () => {
  const sheet = { title: 'two', about: ['a line'], columns: ['original'], rows: [[{ image, classes }]] };
  const { data, info } = await sharp(await contactSheetPng(sheet))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const colors = new Map<string, number>();
  for (let i = 0; i < data.length; i += info.channels) {
    const color = data.subarray(i, i + 3).join();
    colors.set(color, (colors.get(color) ?? 0) + 1);
  }
  for (const color of ['255,0,0', '0,255,0', '0,0,255', '9,9,9']) expect(colors.get(color)).toBe(84 * 84);
  expect(colors.get('28,39,51')).toBeGreaterThan(20); // strokes of the title
});

it('a picture without captions and a sheet without rows can be drawn', async () => {
  const empty = { title: '', about: [], columns: [], rows: [] };
  expect((await contactSheetPng(empty)).length).toBeGreaterThan(0);
  expect((await contactSheetPng({ ...empty, rows: [[{ image, classes: [] }]] })).length).toBeGreaterThan(0);
});

it('a text that is too wide is cut off', () => {
  const name = 'a very long name of a class';
  expect(shortened(name, 10, 1000)).toBe(name);
  const short = shortened(name, 10, 60);
  expect(short).toMatch(/^a very.*\.\.$/);
  expect(textWidth(short, 10)).toBeLessThanOrEqual(60);
});

it('letters lose their accents, other characters become boxes', () => {
  const style = { size: 14, color: 'black' };
  expect(strokedText('é', 0, 14, style)).toBe(strokedText('e', 0, 14, style));
  expect(strokedText('語', 0, 14, style)).toContain('M0 0H8V14H0Z');
  expect(strokedText('<&>', 0, 14, style)).not.toMatch(/&|<[^gp/]/);
});
