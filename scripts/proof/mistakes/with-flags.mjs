// @ts-check
/** Mistakes on the command line. */
import { coarse } from './mistake.mjs';

/** @typedef {import('./mistake.mjs').Mistake} Mistake */

/** @type {Mistake[]} */
export const flags = [
  {
    about: 'an unknown command',
    run: ['coarze', 'search.yaml'],
    code: 2,
    says: "error: unknown command 'coarze'\n(Did you mean coarse?)…",
  },
  {
    about: 'an unknown flag',
    run: coarse('--dry-rum'),
    code: 2,
    says: "error: unknown option '--dry-rum'\n(Did you mean --dry-run?)…",
  },
  { about: 'no config', run: ['search'], code: 2, says: "error: missing required argument 'config'…" },
  {
    about: 'a config that does not exist',
    run: ['search', 'serach.yaml'],
    code: 3,
    says: 'serach.yaml: expected a readable file; got no such file (ENOENT)',
  },
  {
    about: 'a number out of its range',
    run: coarse('--threads', '0'),
    code: 2,
    says: "error: option '--threads <n>' argument '0' is invalid. expected a whole number from 1 to 1024…",
  },
  {
    about: 'a resolution without a width',
    run: ['describe', 'space.yaml', '--resolution', '192x'],
    code: 2,
    says: "error: option '--resolution <pixels>' argument '192x' is invalid. expected a resolution from 4 to 2048, or HEIGHTxWIDTH",
  },
  {
    about: 'more samples than a space has different networks',
    prepare: (world) =>
      world.edit('space.yaml', 'expand: 2, optional: true }', 'expand: 2, optional: true, repeat: 2 }', 'mistake.yaml'),
    run: ['measure', '--space', 'mistake.yaml', '--samples', '10', '--output', 'drawn'],
    code: 2,
    says: '--samples: expected at most 9, all different networks of small; got 10',
  },
  {
    about: 'more workers than a step has architectures',
    run: coarse('--workers', '2'),
    code: 2,
    says: '--workers: expected at most 1, the samplesPerStep; got 2',
  },
  {
    about: 'a batch that its micro-batches do not divide',
    run: ['train', 'teacher.yaml', '--recipe', 'teacher.train.yaml', '--set', 'microBatches=5'],
    code: 3,
    says: '--set microBatches=5: microBatches: expected a divisor of the batch of 24; got 5',
  },
  {
    about: 'a reward that multiplies a quality below 0',
    run: coarse('--set', 'search.quality=distillation', '--set', 'search.reward=mnas'),
    code: 3,
    says: '--set search.reward=mnas: search.reward: expected absolute with the quality distillation, which is below 0; got mnas',
  },
  {
    about: 'an unknown key set',
    run: coarse('--set', 'search.stepz=9'),
    code: 3,
    says: '--set search.stepz=9: search.stepz: unknown key; did you mean steps?',
  },
  {
    about: 'a value set out of range',
    run: coarse('--set', 'coarse.batch=0'),
    code: 3,
    says: '--set coarse.batch=0: coarse.batch: expected a number of images from 1 to 1000000; got 0',
  },
  {
    about: 'a key set without a value',
    run: coarse('--set', 'search.steps'),
    code: 2,
    says: '--set: expected a.b=value; got search.steps',
  },
  {
    about: 'an entry of a list addressed by a name',
    run: coarse('--set', 'cost.macs=9'),
    code: 3,
    says: '--set cost.macs=9: cost: expected the number of an entry, from 0 to 1; got macs',
  },
  {
    about: 'a mistake in MNV4_SET',
    run: coarse(),
    env: { MNV4_SET: 'search.reward=best' },
    code: 3,
    says: 'MNV4_SET search.reward=best: search.reward: expected one of absolute, mnas, mnas-hard; got best',
  },
  {
    about: 'a fine stage without a run or a network',
    run: ['fine', 'search.yaml'],
    code: 2,
    says: 'fine: expected either --from RUN or --base NETWORK; got neither',
  },
  {
    about: 'a fine stage after a run that does not exist',
    run: ['fine', 'search.yaml', '--from', 'done-coarze'],
    code: 2,
    says: 'done-coarze: expected a run under runs; got none; did you mean done-coarse?',
  },
  {
    about: 'a fine stage after a run that is not finished',
    run: ['fine', 'search.yaml', '--from', 'halted'],
    code: 2,
    says: 'runs/halted: expected the folder of a finished run, with architecture.yaml; got none\nwhat to do: finish the run first: run its command again',
  },
  {
    about: 'a network that does not exist',
    run: ['describe', 'mnv4-conv-x'],
    code: 3,
    says: 'expected a network or space: a YAML file, or one of …; got mnv4-conv-x; did you mean mnv4-conv-…?',
  },
  {
    about: 'an unknown data set',
    run: ['dataset', 'fetch', 'mist'],
    code: 2,
    says: 'dataset fetch: expected one of fashion-mnist, mnist, cifar10, cifar100; got mist; did you mean mnist?',
  },
];
