import { describe, expect, it } from 'vitest';
import { asUtf8, decodedText, placesIn } from '#core/files/text';
import { failureOf } from '#test/data/fixtures';

const utf16 = (text: string) => Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]);

describe('text', () => {
  it('is UTF-8 with any ends of lines and without its byte order mark', () => {
    expect(decodedText('f', Buffer.from('\ufeffü: 1\r\n\tb\n'), 'config')).toBe('ü: 1\r\n\tb\n');
    expect(decodedText('f', Buffer.from('\ufffd'), 'config')).toBe('\ufffd');
    expect(decodedText('f', Buffer.of(), 'config')).toBe('');
  });

  it.each([
    ['Latin-1', Buffer.from('a: 1\nb: é', 'latin1'), '2:4', 'bytes of another encoding or of no text'],
    ['UTF-16', utf16('a: 1'), '1:1', 'bytes of another encoding or of no text'],
    ['a program', Buffer.of(0x7f, 0x45, 0x4c, 0x46, 2, 1), '1:1', 'the control character U+007F'],
    ['zeros', Buffer.alloc(9), '1:1', 'the control character U+0000'],
    ['an order to a terminal', Buffer.from('a\n b\x1b[2J'), '2:3', 'the control character U+001B'],
  ])('is not what holds %s, which is told at its place', (_, bytes, place, got) => {
    const failure = failureOf(() => decodedText('f', bytes, 'data', 'look'));
    expect([failure.kind, failure.message, failure.remedy]).toEqual([
      'data',
      `f:${place}: expected UTF-8 text; got ${got}`,
      'look',
    ]);
  });

  it('in UTF-16 becomes UTF-8 where its byte order mark says so and it is whole', () => {
    const big = Buffer.from(utf16('\u00fc')).swap16();
    for (const bytes of [utf16('\u00fc'), big]) expect(asUtf8(bytes)).toEqual(Buffer.from('\u00fc'));
    for (const bytes of [Buffer.from('a: 1'), utf16('a').subarray(0, 3), utf16('\ud800'), Buffer.of()])
      expect(asUtf8(bytes)).toBe(bytes);
  });

  it('has the same lines with any ends', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = `ab${end}${end}c`;
      expect(placesIn(text)(text.indexOf('c'))).toEqual({ line: 3, column: 1 });
    }
  });

  it('has a line and a column for each of its offsets', () => {
    const placeOf = placesIn('ab\n\nc');
    const places = [0, 2, 3, 4, 5].map((offset) => Object.values(placeOf(offset)));
    expect(places).toEqual([
      [1, 1],
      [1, 3],
      [2, 1],
      [3, 1],
      [3, 2],
    ]);
  });
});
