// The data of a workload: a few batches of synthetic images, cycled. Each class has a separate pattern under noise, so
// that losses fall, and differ if the computations differ.
import { createCipheriv, createHash } from 'node:crypto';
import { randomStream } from '#core/random';

/** Batches per sample; steps take them in turn. */
export const poolSize = 4;

/** `pool[position % poolSize][sample]`: images [n, H, W, C] of 8 bits and rows of class probabilities [n, K]. */
export function batchPool({ name, batch, samples, space: { input, classes } }) {
  const random = randomStream(`peer/${name}/batches`);
  const patterns = Array.from({ length: classes }, () => pattern(input, random));
  const noise = noiseStream(name);
  const one = () => labelledBatch(batch, patterns, random, noise);
  return Array.from({ length: poolSize }, () => Array.from({ length: samples }, one));
}

function labelledBatch(n, patterns, random, noise) {
  const pixels = patterns[0].length;
  const images = noise(n * pixels);
  const soft = new Float32Array(n * patterns.length);
  for (let row = 0; row < n; row++) {
    const label = random.below(patterns.length);
    const own = patterns[label];
    for (let i = 0, at = row * pixels; i < pixels; i++, at++) images[at] = (images[at] + own[i]) >> 1;
    const doubt = 0.3 * random.uniform();
    soft.fill(doubt / patterns.length, row * patterns.length, (row + 1) * patterns.length);
    soft[row * patterns.length + label] += 1 - doubt;
  }
  return { n, images, soft };
}

/** An image of 4 x 4 squares of random brightness in each channel. */
function pattern({ resolution, channels }, random) {
  const squares = Array.from({ length: 16 * channels }, () => random.below(256));
  const image = new Uint8Array(resolution ** 2 * channels);
  const square = (i) => Math.floor((4 * i) / resolution);
  for (let y = 0, at = 0; y < resolution; y++) {
    for (let x = 0; x < resolution; x++) {
      for (let c = 0; c < channels; c++) image[at++] = squares[(square(y) * 4 + square(x)) * channels + c];
    }
  }
  return image;
}

/** Random bytes that depend on the name only, at gigabytes per second: a cipher's key stream. */
function noiseStream(name) {
  const seed = createHash('sha256').update(`peer/${name}/noise`).digest();
  const cipher = createCipheriv('aes-128-ctr', seed.subarray(0, 16), seed.subarray(16));
  return (bytes) => Uint8Array.from(cipher.update(new Uint8Array(bytes)));
}
