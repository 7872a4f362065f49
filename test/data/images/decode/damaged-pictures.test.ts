import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newFolder } from '#test/data/fixtures';
import { encoded, sharpOf, smoothImage } from './picture-fixtures.js';

const decoder = new URL('../../../../dist/data/images/decode/decode.js', import.meta.url).href;

/** A program that decodes views of mutated pictures, and counts those decoded and those refused with a data failure. */
const program = `
const { readFileSync } = await import('node:fs');
const { storedPicture, imageHeader } = await import(${JSON.stringify(decoder)});
let seed = 1;
const below = (n) => (seed = (seed * 48271) % 2147483647) % n;
const counts = { decoded: 0, refused: 0 };
for (const file of process.argv.slice(1)) {
  const sound = readFileSync(file);
  for (let i = 0; i < 100; i++) {
    const bytes = Buffer.from(sound).subarray(0, i % 4 === 0 ? below(sound.length) : sound.length);
    for (let k = below(4); k >= 0 && bytes.length > 0; k--) bytes[below(bytes.length)] = below(256);
    try {
      const { height, width } = imageHeader(bytes, 'a');
      const part = { top: height / 3, left: width / 3, height: height / 2, width: width / 2 };
      await storedPicture(bytes, 'a').view(part, { height: 9, width: 11 });
      counts.decoded++;
    } catch (error) {
      if (error.kind !== 'data') throw error;
      counts.refused++;
    }
  }
}
console.log(JSON.stringify(counts));
`;

it('decodes or refuses 600 mutated pictures; none ends the process', async () => {
  const [folder, image] = [newFolder(), smoothImage(67, 93)];
  const pictures = {
    baseline: await encoded(image, 'jpeg', 6),
    chroma: await sharpOf(image).jpeg({ chromaSubsampling: '4:2:0' }).toBuffer(),
    progressive: await sharpOf(image).jpeg({ progressive: true }).toBuffer(),
    png: await encoded(image, 'png'),
    webp: await encoded(image, 'webp'),
    gif: await encoded(image, 'gif'),
  };
  const files = Object.entries(pictures).map(([name, bytes]) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, ...files]);
  const { decoded, refused } = JSON.parse(stdout) as { decoded: number; refused: number };
  expect(decoded + refused).toBe(600);
  expect(refused).toBeGreaterThan(100);
});
