// @ts-check
/** Decodes a small picture by the compiled decoder and by `sharp`, and ends with an error if they differ. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [root = '', file = ''] = process.argv.slice(2);
// as src/core/machine/tensorflow-environment.ts
Object.assign(process.env, { TF_ENABLE_ONEDNN_OPTS: '0', ONEDNN_MAX_CPU_ISA: 'AVX2', TF_CPP_MIN_LOG_LEVEL: '2' });
const require = createRequire(join(root, 'package.json'));
const sharp = require('sharp');
const size = { height: 40, width: 56 };
const { height, width } = size;
const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => 128 + 90 * Math.sin(i / 5 + (i % 3)));
const bytes = await sharp(pixels, { raw: { ...size, channels: 3 } })
  .jpeg({ quality: 90 })
  .toBuffer();
const part = { top: 17, left: 19, height: 21, width: 23 };
const expected = await sharp(bytes, { ignoreIcc: true }).extract(part).raw().toBuffer();
const decoded = new Uint8Array(expected.length);
const view = [height, width, 1, part.top, part.left, part.height, part.width, part.height, part.width, 0];
const isSound = await require(file).jpegView(bytes, decoded, Float64Array.from(view));
if (!isSound || Buffer.compare(decoded, expected) !== 0) throw new Error('it does not agree with sharp');
