// @ts-check
/** Mistakes in spaces, configs, recipes and devices. */
import { coarse } from './mistake.mjs';

/** @typedef {import('./mistake.mjs').Mistake} Mistake */

const frame =
  'name: s\ninput: { resolution: 8, channels: 1 }\nclasses: 2\nactivation: relu\nhead: { conv: 0, hidden: 0 }\n';

/**
 * Writes a config whose refinement has these fields. @param {import('./world.mjs').World} world @param {string} fields
 */
function refinement(world, fields) {
  world.write('mistake.yaml', `name: r\nrefine: ${fields}\n`);
  world.edit('search.yaml', 'uib.refine', 'mistake.yaml', 'mistake.search.yaml');
}

/** @type {Mistake[]} */
export const files = [
  {
    about: 'a key misspelt in a space',
    prepare: (world) =>
      world.edit('space.yaml', 'midKernel: 3, expand: 2 }', 'midKernal: 3, expand: 2 }', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:10:9: stages[1].blocks[0].midKernel: missing; expected a depthwise kernel of 0 (absent), 3 or 5, or a list of depthwise kernels
mistake.yaml:10:38: stages[1].blocks[0].midKernal: unknown key; did you mean midKernel?`,
  },
  {
    about: 'values out of range, all in one file',
    prepare: (world) =>
      world.write(
        'mistake.yaml',
        'name: s\ninput: { resolution: 2, channels: 1 }\nclasses: many\nactivation: swish\nstages: []\nhead: { conv: -1, hidden: 0 }\n',
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:2:22: input.resolution: expected a resolution from 4 to 2048; got 2
mistake.yaml:3:10: classes: expected a number of classes from 2 to 100000; got many
mistake.yaml:4:13: activation: expected one of relu, relu6, gelu, hardSwish; got swish
mistake.yaml:5:9: stages: expected a list of stages of at least 1; got []
mistake.yaml:6:15: head.conv: expected a channel count from 0 (absent) to 8192; got -1`,
  },
  {
    about: 'a stride without a layer to carry it',
    prepare: (world) =>
      world.edit(
        'space.yaml',
        'startKernel: 0, midKernel: 3, expand: 2 }',
        'startKernel: 0, midKernel: 0, stride: 2, expand: 2 }',
        'mistake.yaml',
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:10:49: stages[1].blocks[0].midKernel: expected a depthwise layer to carry the stride of 2; got kernels of 0',
  },
  {
    about: 'an optional block that cannot be skipped',
    prepare: (world) => world.edit('space.yaml', 'expand: 2 }', 'expand: 2, optional: true }', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:10:73: stages[1].blocks[0].optional: expected a block with stride 1 and as many output as input channels, since no other can be skipped; got another',
  },
  {
    about: 'a list for the resolution of images that are not square',
    prepare: (world) => world.edit('space.yaml', 'resolution: 8', 'resolution: [8, 12]', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:2:22: input.resolution: expected a resolution from 4 to 2048, or { height, width }; got [8,12]',
  },
  {
    about: 'expansions that round to the same width',
    prepare: (world) =>
      world.write(
        'mistake.yaml',
        `${frame}stages:\n  - blocks: [{ kind: fusedIb, kernel: 3, expand: [2, 4, 16], out: 8 }]\n`,
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:7:50: stages[0].blocks[0].expand: expected options that differ; got 2 and 4, which both round to 8 channels',
  },
  {
    about: 'the same block twice in oneOf',
    prepare: (world) => {
      const conv = '{ kind: conv, kernel: 3, out: 8 }';
      world.write('mistake.yaml', `${frame}stages:\n  - blocks: [{ oneOf: [${conv}, ${conv}] }]\n`);
    },
    run: ['describe', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:7:59: stages[0].blocks[0].oneOf[1]: expected blocks that differ; got that of oneOf[0] again',
  },
  {
    about: 'a refinement that removes the layer with the stride',
    prepare: (world) => {
      const strided = 'startKernel: 0, midKernel: 3, stride: 2, expand: 2';
      world.edit('teacher.yaml', 'startKernel: 3, midKernel: 3, expand: 2', strided, 'strided.yaml');
      refinement(world, '{ midKernel: [0], expand: [2, 3] }');
    },
    run: ['fine', 'mistake.search.yaml', '--base', 'strided.yaml'],
    code: 3,
    says: 'mistake.yaml:2:22: refine.midKernel: stages[0].blocks[1] of teacher: expected a depthwise layer to carry the stride of 2; got kernels of 0',
  },
  {
    about: 'a refinement of stages that the network does not have',
    prepare: (world) => refinement(world, '{ expand: [2, 3], stages: [0, 1] }'),
    run: ['fine', 'mistake.search.yaml', '--base', 'teacher.yaml'],
    code: 3,
    says: 'mistake.yaml:2:39: refine.stages[1]: expected a number below 1, the count of stages of teacher; got 1',
  },
  {
    about: 'a refinement that leaves nothing open',
    prepare: (world) => refinement(world, '{ midKernel: [5] }'),
    run: ['fine', 'mistake.search.yaml', '--base', 'teacher.yaml'],
    code: 3,
    says: 'mistake.yaml:2:9: refine: expected options that open the UIBs of teacher, such as [3, 5]; got one value for each field',
  },
  {
    about: 'a file that is not YAML',
    prepare: (world) => world.write('mistake.yaml', 'name: [small\nseed: 1\n'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:2:1: expected YAML; got: Flow sequence in block collection must be sufficiently indented and end with a ]`,
  },
  {
    about: 'a key given twice',
    prepare: (world) => world.edit('search.yaml', 'seed: 3', 'seed: 3\nseed: 4', 'mistake.yaml'),
    run: coarse().map((word) => (word === 'search.yaml' ? 'mistake.yaml' : word)),
    code: 3,
    says: 'mistake.yaml:3:1: expected each key once; got …',
  },
  {
    about: 'an empty config',
    prepare: (world) => world.write('mistake.yaml', ''),
    run: ['search', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:1:1: expected a mapping; got null',
  },
  {
    about: 'a target that is not a number',
    prepare: (world) =>
      world.edit(
        'search.yaml',
        'cost: macs, target: 12000',
        'cost: latency, device: pixel-6-cpu, targetMs: fast',
        'mistake.yaml',
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:5:53: cost[0].targetMs: expected a number of ms from 1e-6 to 1e18; got fast',
  },
  {
    about: 'a device that does not exist',
    prepare: (world) =>
      world.edit(
        'search.yaml',
        'cost: macs, target: 12000',
        'cost: latency, device: pixel-6, targetMs: 1',
        'mistake.yaml',
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:5:30: cost[0].device: expected a device: a YAML file, or one of …; got pixel-6; did you mean pixel-6-cpu?',
  },
  {
    about: 'a warm-up that outlasts the delay of the controller',
    prepare: (world) =>
      world.edit('search.yaml', '{ logitTravel: 20 }', '{ logitTravel: 20, delay: 0.1 }', 'mistake.yaml'),
    run: ['search', 'mistake.yaml', '--dry-run'],
    code: 3,
    says: `mistake.yaml:11:15: search.controller.opWarmup: expected a warm-up that ends within the delay of 4 steps; got one of 10 steps
mistake.yaml:11:15: search.controller.filterWarmup: expected a warm-up that ends within the delay of 4 steps; got one of 10 steps`,
  },
  {
    about: 'both ways to state the speed of the controller',
    prepare: (world) =>
      world.edit('search.yaml', '{ logitTravel: 20 }', '{ logitTravel: 20, learningRate: 0.1 }', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:11:30: search.controller.logitTravel: expected either logitTravel or learningRate; got both',
  },
  {
    about: 'an optimizer by its name alone',
    prepare: (world) => world.edit('search.yaml', '{ kind: adamW }', 'adamW', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:10:25: search.weights.optimizer: expected a mapping with kind; got adamW',
  },
  {
    about: 'a network where a space is needed',
    prepare: (world) => world.edit('search.yaml', 'space: space.yaml', 'space: teacher.yaml', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'teacher.yaml: expected a space with choices; got a network, every value fixed',
  },
  {
    about: 'a space where a network is needed',
    run: ['fine', 'search.yaml', '--base', 'space.yaml'],
    code: 3,
    says: 'space.yaml: stages[1].out: expected a network, every value fixed; got a space with 2 choices',
  },
  {
    about: 'a search without the section of its second stage',
    prepare: (world) => world.edit('search.yaml', 'fine:\n  refine: uib.refine\n', '', 'mistake.yaml'),
    run: ['search', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml: fine: missing; expected the settings of the fine stage',
  },
  {
    about: 'an unknown data set in a recipe',
    prepare: (world) =>
      world.edit(
        'patterns.dataset.yaml',
        '{ format: idx, folder: images }',
        '{ dataset: fashion-mnits }',
        'mistake.yaml',
      ),
    run: ['dataset', 'build', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:2:20: source.dataset: expected one of fashion-mnist, mnist, cifar10, cifar100; got fashion-mnits',
  },
  {
    about: 'class names that YAML reads as other types',
    prepare: (world) =>
      world.edit(
        'patterns.dataset.yaml',
        'folder: images',
        'folder: images, classNames: [7, true, cat]',
        'mistake.yaml',
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:2:53: source.classNames[0]: expected a class name in quotes, such as "7"; got 7
mistake.yaml:2:56: source.classNames[1]: expected a class name in quotes, such as "true"; got true`,
  },
  {
    about: 'class names that do not fit on lines of labels.txt',
    prepare: (world) =>
      world.edit(
        'patterns.dataset.yaml',
        'folder: images',
        'folder: images, classNames: ["a\\nb", " c", d, d]',
        'mistake.yaml',
      ),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:2:53: source.classNames[0]: expected a class name on one line, without control characters; got "a\\nb"
mistake.yaml:2:61: source.classNames[1]: expected a class name without blanks around it; got " c"
mistake.yaml:2:70: source.classNames[3]: expected a name that no other class has, as class 2 does; got d`,
  },
  {
    about: 'a warm-up longer than the training and more micro-batches than images in a batch',
    prepare: (world) =>
      world.edit('teacher.train.yaml', 'epochs: 2', 'epochs: 2\nwarmupEpochs: 5\nmicroBatches: 48', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:4:15: warmupEpochs: expected fewer epochs than the 2 of the training; got 5
mistake.yaml:5:15: microBatches: expected a divisor of the batch of 24; got 48`,
  },
  {
    about: 'a label smoothing of 1, after which targets carry no information',
    prepare: (world) => world.edit('teacher.train.yaml', 'epochs: 2', 'epochs: 2\nlabelSmoothing: 1', 'mistake.yaml'),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml:4:17: labelSmoothing: expected a share from 0 to below 1; got 1',
  },
  {
    about: 'a learning rate that rises to the end',
    run: coarse('--set', 'search.weights.warmup=1'),
    code: 3,
    says: '--set search.weights.warmup=1: search.weights.warmup: expected a warm-up that ends before the last of 40 steps; got one of 40 steps',
  },
  {
    about: 'batch norm over one value in a training',
    prepare: (world) => world.edit('teacher.yaml', 'hidden: 0', 'hidden: 8', 'mistake.yaml'),
    run: ['train', 'mistake.yaml', '--recipe', 'teacher.train.yaml', '--run-id', 'new', '--set', 'microBatches=24'],
    code: 3,
    says: 'teacher: batch norm in head.hidden sees a single value per channel and image, so it needs 2 images or more at a time; teacher gives it 1 (a batch of 24 in 24 micro-batches)\nwhat to do: set microBatches to 12',
  },
  {
    about: 'batch norm over one value in a search',
    prepare: (world) => world.edit('space.yaml', 'hidden: 0', 'hidden: [0, 8]', 'mistake.yaml'),
    run: coarse('--set', 'coarse.space=mistake.yaml', '--set', 'search.batch=1'),
    code: 3,
    says: '--set search.batch=1: search.batch: expected 2 images or more, since batch norm in head.hidden sees a single value per channel and image; got 1',
  },
  {
    about: 'a device profile with a mistake',
    prepare: (world) =>
      world.write(
        'mistake.yaml',
        'peakMacsPerMs: 0\npeakBytesPerMs: 1e6\nbytesPerWeight: 1\nbytesPerActivations: 1\nsource: mine\n',
      ),
    run: ['describe', 'space.yaml', '--device', 'mistake.yaml'],
    code: 3,
    says: `mistake.yaml:1:1: bytesPerActivation: missing; expected a number of bytes from 0.01 to 1000
mistake.yaml:1:16: peakMacsPerMs: expected a number of MACs per ms from 1 to 1e15; got 0
mistake.yaml:4:1: bytesPerActivations: unknown key; did you mean bytesPerActivation?`,
  },
];
