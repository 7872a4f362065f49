// @ts-check
/** Mistakes with images and distillation sets. */
import { join } from 'node:path';
import { coarse } from './mistake.mjs';
import { repository } from './world.mjs';

/** @typedef {import('./mistake.mjs').Mistake} Mistake */

/** Writes `probs.onnx`, which ends in a softmax. @param {import('./world.mjs').World} world */
async function writeProbabilities(world) {
  const { onnxBytes } = await import(join(repository, 'dist', 'data', 'files', 'onnx-file.js'));
  const node = (/** @type {string} */ op, /** @type {string[]} */ inputs, /** @type {string} */ output) => ({
    ...{ name: op, op, inputs, outputs: [output], attributes: {} },
  });
  const kernel = Float32Array.from({ length: 64 * 3 }, (_, i) => ((i * 7) % 5) / 50);
  const graph = {
    name: 'g',
    nodes: [
      node('Flatten', ['x'], 'rows'),
      node('MatMul', ['rows', 'kernel'], 'logits'),
      node('Softmax', ['logits'], 'y'),
    ],
    initializers: new Map([['kernel', { shape: [64, 3], values: kernel }]]),
    inputs: [{ name: 'x', shape: ['n', 8, 8, 1] }],
    outputs: [{ name: 'y', shape: ['n', 3] }],
  };
  const model = {
    irVersion: 8,
    opset: 13,
    producer: { name: 'p', version: '1' },
    documentation: '',
    graph,
    metadata: {},
  };
  world.write('probs.onnx', onnxBytes(model));
}

/** Writes a dataset recipe with another teacher. @param {import('./world.mjs').World} world @param {string} teacher */
function withTeacher(world, teacher) {
  const ours = '{ network: teacher.yaml, training: teacher.train.yaml }';
  world.edit('patterns.dataset.yaml', ours, teacher, 'mistake.yaml');
}

/** @type {Mistake[]} */
export const data = [
  {
    about: 'a set that has not been built',
    run: coarse('--set', 'dataset={recipe: patterns.dataset.yaml}'),
    code: 4,
    says: 'patterns.dataset.yaml: expected its set in cache/sets/patterns-…; got none\nwhat to do: build it: mnv4-nas dataset build patterns.dataset.yaml',
  },
  {
    about: 'a set whose folder does not exist',
    run: coarse('--set', 'dataset.folder=sett'),
    code: 4,
    says: 'sett/manifest.json: expected a readable file; got no such file (ENOENT)\nwhat to do: name the folder of a finished set, or finish it: run its `mnv4-nas dataset build` again',
  },
  {
    about: 'a set of images of another shape',
    prepare: (world) => world.edit('space.yaml', 'resolution: 8', 'resolution: 16', 'mistake.yaml'),
    run: coarse('--set', 'coarse.space=mistake.yaml'),
    code: 3,
    says: 'small: expected images of 16x16x1 and 3 classes; got 8x8x1 and 3 classes',
  },
  {
    about: 'a shard with a flipped bit',
    prepare: (world) => {
      world.copy('set', 'damaged');
      world.flip('damaged/held-00000.arrow', 900);
    },
    run: ['dataset', 'verify', 'damaged'],
    code: 4,
    says: 'damaged/held-00000.arrow: expected SHA-256 …; got …: the shard is damaged\nwhat to do: run its `mnv4-nas dataset build` again: it rebuilds damaged shards',
  },
  {
    about: 'a shard that is missing and one that is cut short',
    prepare: (world) => {
      world.copy('set', 'damaged');
      world.remove('damaged/held-00000.arrow');
      world.cut('damaged/train-00000.arrow', 1000);
    },
    run: coarse('--set', 'dataset.folder=damaged'),
    code: 4,
    says: `damaged/train-00000.arrow: expected … bytes; got 1000
damaged/held-00000.arrow: expected a shard of … bytes; got no such file
what to do: run the \`mnv4-nas dataset build\` of damaged again: it rebuilds damaged and missing shards`,
  },
  {
    about: 'a manifest that is damaged',
    prepare: (world) => {
      world.copy('set', 'damaged');
      world.edit('set/manifest.json', '"classes": 3', '"classes": "three"', 'damaged/manifest.json');
    },
    run: ['dataset', 'info', 'damaged'],
    code: 4,
    says: `damaged/manifest.json:4:14: classes: expected a count of classes; got three
what to do: build the set again with \`mnv4-nas dataset build\` into another folder, or remove this one first`,
  },
  {
    about: 'an IDX file that is cut short',
    prepare: (world) => {
      world.copy('images', 'cut');
      world.cut('cut/train-images-idx3-ubyte', 1000);
      world.edit('patterns.dataset.yaml', 'folder: images', 'folder: cut', 'mistake.yaml');
    },
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'cut/train-images-idx3-ubyte: byte 1000: expected 15360 values for 240x8x8; got the end of the file after 984',
  },
  {
    about: 'labels in place of images',
    prepare: (world) => {
      world.copy('images', 'swapped');
      world.copy('images/train-labels-idx1-ubyte', 'swapped/train-images-idx3-ubyte');
      world.edit('patterns.dataset.yaml', 'folder: images', 'folder: swapped', 'mistake.yaml');
    },
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'swapped/train-images-idx3-ubyte: byte 0: expected the magic number 0x00000803; got 0x00000801',
  },
  {
    about: 'images that do not exist',
    prepare: (world) => world.edit('patterns.dataset.yaml', 'folder: images', 'folder: image', 'mistake.yaml'),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'image/train-images-idx3-ubyte: expected a readable file; got no such file (ENOENT)\nwhat to do: place the four IDX files in that folder, plain or gzip: …',
  },
  {
    about: 'a set built below a file',
    run: ['dataset', 'build', 'patterns.dataset.yaml', '--to', 'search.yaml/set'],
    code: 4,
    says: 'search.yaml/set/building.json: could not write … bytes: a file where a folder should be (…)\nwhat to do: name a folder that this user may write to',
  },
  {
    about: 'a known data set that has not been fetched',
    prepare: (world) =>
      world.edit('patterns.dataset.yaml', '{ format: idx, folder: images }', '{ dataset: mnist }', 'mistake.yaml'),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'cache/datasets/mnist/train-images-idx3-ubyte: expected a file of mnist; got no such file\nwhat to do: fetch it with `mnv4-nas dataset fetch mnist`',
  },
  {
    about: 'more validation images than the source has images',
    prepare: (world) => world.edit('patterns.dataset.yaml', 'validation: 24', 'validation: 2400', 'mistake.yaml'),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 3,
    says: `validation: expected fewer than the source's 240 train images; got 2400`,
  },
  {
    about: 'shifts as large as the width of the images',
    prepare: (world) => world.edit('patterns.dataset.yaml', 'replicas: 2', 'augment: { shift: 8 }', 'mistake.yaml'),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 3,
    says: `augment.shift: expected less than the images' 8 pixels; got 8`,
  },
  {
    about: 'a batch and a validation batch larger than their splits',
    run: coarse('--set', 'search.batch=500', '--set', 'search.validationBatch=25'),
    code: 3,
    says: `--set search.batch=500: search.batch: expected at most the 432 train images of patterns; got 500
--set search.validationBatch=25: search.validationBatch: expected at most the 24 validation images of patterns; got 25`,
  },
  {
    about: 'a training batch larger than the train split',
    run: ['train', 'teacher.yaml', '--recipe', 'teacher.train.yaml', '--run-id', 'new', '--set', 'batch=241'],
    code: 3,
    says: 'teacher: batch: expected at most the 240 train images; got 241',
  },
  {
    about: 'several sets of IDX files in one folder',
    prepare: (world) => {
      for (const part of ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']) {
        for (const set of ['digits', 'letters']) world.copy(`images/${part}-ubyte`, `damaged/${set}-${part}-ubyte`);
      }
      world.edit('patterns.dataset.yaml', 'folder: images', 'folder: damaged', 'mistake.yaml');
    },
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'damaged: expected one IDX set; got several: digits, letters\nwhat to do: move each set into a separate folder',
  },
  {
    about: 'fewer class names than there are labels',
    prepare: (world) =>
      world.edit(
        'patterns.dataset.yaml',
        'folder: images',
        'folder: images, classNames: [rows, columns]',
        'mistake.yaml',
      ),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'images/train-labels-idx1-ubyte: byte 10: expected a label below 2; got 2',
  },
  {
    about: 'an ONNX teacher that ends in a softmax, whose recipe says logits',
    prepare: async (world) => {
      await writeProbabilities(world);
      withTeacher(world, '{ onnx: probs.onnx, preprocessing: { layout: NHWC, mean: [0.5], std: [0.5] } }');
    },
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'probs.onnx: expected logits; got probabilities, each row from 0 to 1 with the sum 1: …\nwhat to do: state output: probabilities next to the model',
  },
  {
    about: 'a teacher that was never trained',
    prepare: (world) =>
      world.edit(
        'patterns.dataset.yaml',
        '{ network: teacher.yaml, training: teacher.train.yaml }',
        '{ run: runs/teacher }',
        'mistake.yaml',
      ),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 4,
    says: 'runs/teacher: expected the folder of a finished training run as teacher; got none',
  },
  {
    about: "a set built into the folder of another recipe's set",
    prepare: (world) => world.edit('patterns.dataset.yaml', 'replicas: 2', 'replicas: 3', 'mistake.yaml'),
    run: ['dataset', 'build', 'mistake.yaml', '--to', 'set'],
    code: 4,
    says: 'set: recipe.replicas: the set in this folder was built with 2, not 3\nwhat to do: build into another folder, or remove this one first',
  },
];
