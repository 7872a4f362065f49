// @ts-check
/** Programs that the proof and the tests run in the folder of a consumer. */

/** Writes 60 JPEG pictures of two classes, dark and bright noise, with the package's own decoder of pictures. */
const pictures = `
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
const sharp = createRequire(createRequire(import.meta.url).resolve('mnv4-nas/package.json'))('sharp');
for (const [name, level] of [['dark', 60], ['bright', 180]]) {
  mkdirSync('photos/' + name, { recursive: true });
  for (let i = 0; i < 30; i++) {
    const pixels = Uint8Array.from({ length: 48 * 48 * 3 }, (_, k) => level + ((k * 7919 + i * 104729) % 61));
    await sharp(pixels, { raw: { width: 48, height: 48, channels: 3 } }).jpeg().toFile('photos/' + name + '/' + i + '.jpg');
  }
}`;

/** The TypeScript programs of a page. @param {string} page */
const programsIn = (page) => [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text);

/** Options of tsc for a consumer, which checks declarations too. @param {string} resolution */
function compilerOptions(resolution) {
  const module = resolution === 'bundler' ? 'esnext' : 'node16';
  return [
    ...['--module', module, '--moduleResolution', resolution, '--target', 'es2022', '--types', 'node'],
    ...['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'],
  ];
}

export const programsOf = { pictures, page: programsIn, compilerOptions };
