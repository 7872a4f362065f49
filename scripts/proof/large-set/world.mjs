// @ts-check
// Makes the folder of the proof of large sets: TFRecord files of 32x32 images, a small network, weights for it as a
// teacher, and recipes.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Writer } from 'protobufjs/minimal.js';
import sharp from 'sharp';
import { randomStream } from '#core/random';
import { writeSafetensors } from '#data/files/safetensors';
import { crc32c } from '#data/images/formats/shards/crc';
import { masked } from '#data/images/formats/tfrecord/records';
import { weightShapes } from '#networks/nn/weight-shapes';
import { asNetwork, parseSpace } from '#networks/space/parse';

const classes = 10;
const differing = 1000; // images; the files repeat them
const perFile = 100_000;
const testImages = 2000;
const heldImages = 1000;
const batch = 128;
const steps = 200;

const network = `name: small
input: { resolution: 32, channels: 3 }
classes: ${classes}
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 0, midKernel: 3, stride: 2, expand: 2, out: 16 }
head: { conv: 32, hidden: 0 }
`;

/**
 * Writes everything into `folder`; the set of `large.dataset.yaml` has `rows` train rows.
 *
 * @param {string} folder  a new one
 * @param {number} rows
 */
export async function writeWorld(folder, rows) {
  mkdirSync(folder);
  const images = join(folder, 'images');
  mkdirSync(images);
  const records = await exampleRecords();
  const train = rows + heldImages;
  const files = Math.ceil(train / perFile);
  for (let i = 0; i < files; i++) {
    const name = `train-${digits(i)}-of-${digits(files)}`;
    writeRecords(join(images, name), records, Math.min(perFile, train - i * perFile));
  }
  writeRecords(join(images, 'validation-00000-of-00001'), records, testImages);
  writeFileSync(join(folder, 'network.yaml'), network);
  writeSafetensors(join(folder, 'weights.safetensors'), randomWeights());
  writeFileSync(join(folder, 'large.dataset.yaml'), datasetRecipe());
  writeFileSync(join(folder, 'large.train.yaml'), trainingRecipe(rows));
}

function datasetRecipe() {
  return `name: large
source: { format: tfrecord, folder: images, resolution: 32, centralCrop: 1 }
validation: ${heldImages}
augment: { flip: true }
replicas: 1
seed: 1
teacher: [{ network: network.yaml, weights: weights.safetensors }]
`;
}

/** @param {number} rows */
function trainingRecipe(rows) {
  return `name: large
data: { folder: set }
epochs: ${(steps * batch) / rows}
batch: ${batch}
optimizer: { kind: adamW, weightDecay: 0.05 }
learningRate: 0.001
seed: 1
`;
}

/** @param {number} i */
function digits(i) {
  return String(i).padStart(5, '0');
}

function randomWeights() {
  const random = randomStream('proof');
  const shapes = [...weightShapes(asNetwork(parseSpace('network.yaml', network), 'network.yaml'))];
  return new Map(
    shapes.map(([name, shape]) => {
      const values = new Float32Array(shape.reduce((n, extent) => n * extent, 1));
      const isScale = /\.(gamma|variance)$/.test(name);
      return [name, { shape, values: values.map(() => (isScale ? 1 : random.uniform() - 0.5)) }];
    }),
  );
}

/** The TFRecords of `differing` images in JPEG, with ImageNet's keys. */
async function exampleRecords() {
  const records = [];
  for (let i = 0; i < differing; i++) {
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, p) => 128 + 100 * Math.sin(p / (3 + (i % 97)) + i));
    const jpeg = await sharp(pixels, { raw: { height: 32, width: 32, channels: 3 } })
      .jpeg()
      .toBuffer();
    records.push(recordOf(exampleOf(jpeg, i % classes)));
  }
  return records;
}

/** A `tf.train.Example`. @param {Uint8Array} image @param {number} label */
function exampleOf(image, label) {
  const bytes = message((list) => list.uint32(tag(1)).bytes(image));
  const integers = message((list) => list.uint32(1 << 3).int64(label));
  const features = [
    entry(
      'image/encoded',
      message((feature) => feature.uint32(tag(1)).bytes(bytes)),
    ),
    entry(
      'image/class/label',
      message((feature) => feature.uint32(tag(3)).bytes(integers)),
    ),
  ];
  const map = message((writer) => {
    for (const feature of features) writer.uint32(tag(1)).bytes(feature);
  });
  return message((writer) => writer.uint32(tag(1)).bytes(map));
}

/** @param {string} key @param {Uint8Array} feature */
function entry(key, feature) {
  return message((writer) => writer.uint32(tag(1)).string(key).uint32(tag(2)).bytes(feature));
}

/** The tag of a length-delimited field. @param {number} id */
function tag(id) {
  return (id << 3) | 2;
}

/** @param {(writer: Writer) => void} write */
function message(write) {
  const writer = Writer.create();
  write(writer);
  return writer.finish();
}

/** @param {Uint8Array} data */
function recordOf(data) {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, checksum(length), data, checksum(data)]);
}

/** @param {Uint8Array} data */
function checksum(data) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(masked(crc32c(data)));
  return bytes;
}

/** Writes `n` records to a file, the given ones over and over. @param {string} file @param {readonly Buffer[]} records @param {number} n */
function writeRecords(file, records, n) {
  const descriptor = openSync(file, 'w');
  for (let from = 0; from < n; from += records.length) writeSync(descriptor, Buffer.concat(records.slice(0, n - from)));
  closeSync(descriptor);
}
