// @ts-check
/** Mistakes in the environment of the program: its disk, its TensorFlow, its set-up. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { coarse } from './mistake.mjs';
import { repository } from './world.mjs';

/** @typedef {import('./mistake.mjs').Mistake} Mistake */

const setUp = [process.execPath, join(repository, 'scripts', 'setup.mjs')];
const noHome = { HOME: '', XDG_CACHE_HOME: '', MNV4_CACHE: '' };
const isRoot = process.getuid?.() === 0;
const hasMounts = isRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
const noMounts = () => (hasMounts ? undefined : 'needs the right to mount a file system');

/**
 * A command that runs the program with a small file system mounted at `disk`, for it alone.
 *
 * @param {string} mount @param {string[]} args
 */
function onDisk(mount, args) {
  const program = [process.execPath, join(repository, 'dist', 'cli', 'main.js'), ...args];
  const script = `mkdir -p disk && mount -t tmpfs ${mount} none disk && exec "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', ...program];
}

/**
 * Makes a copy of the program whose packages are links, except TensorFlow's, which has no addon.
 *
 * @param {import('./world.mjs').World} world
 */
function cloneWithoutAddon(world) {
  mkdirSync(world.path('clone'));
  symlinkSync(join(repository, 'node_modules'), world.path('clone/node_modules'));
  for (const name of ['package.json', 'dist', 'configs', 'search-spaces']) {
    cpSync(join(repository, name), world.path(`clone/${name}`), { recursive: true });
  }
}

/** @type {Mistake[]} */
export const environment = [
  {
    about: 'a disk of 128 KiB for a run',
    cannot: noMounts,
    command: onDisk('-o size=128k', coarse('--root', 'disk/runs')),
    shown: 'mnv4-nas coarse search.yaml --run-id new --root disk/runs',
    code: 4,
    says: `disk/runs/new/checkpoints/…: could not write a checkpoint: no space left on the disk (ENOSPC)
what to do: free some space, then run the same command again: what is finished is kept`,
  },
  {
    about: 'a disk of 32 KiB for a set',
    cannot: noMounts,
    command: onDisk('-o size=32k', ['dataset', 'build', 'patterns.dataset.yaml', '--to', 'disk/set']),
    shown: 'mnv4-nas dataset build patterns.dataset.yaml --to disk/set',
    code: 4,
    says: `disk/set/train-00000.arrow: could not write … bytes: no space left on the disk (ENOSPC)
what to do: free some space, then run the same command again: what is finished is kept`,
  },
  {
    about: 'a read-only disk',
    cannot: noMounts,
    command: onDisk('-o ro', coarse('--root', 'disk/runs')),
    shown: 'mnv4-nas coarse search.yaml --run-id new --root disk/runs',
    code: 4,
    says: `disk/runs/new: could not make the folder of the run: a read-only file system (EROFS)
what to do: name a folder that this user may write to`,
  },
  {
    about: 'a file in place of the folder of runs, for a new run',
    run: coarse('--root', 'search.yaml'),
    code: 4,
    says: 'search.yaml/new: could not make the folder of the run: a file where a folder should be (ENOTDIR)\nwhat to do: name a folder that this user may write to',
  },
  {
    about: 'TensorFlow without its addon',
    prepare: cloneWithoutAddon,
    command: [process.execPath, 'clone/dist/cli/main.js', ...coarse()],
    shown: 'mnv4-nas coarse search.yaml --run-id new',
    code: 5,
    says: `native TensorFlow does not load: The Node.js native addon module (tfjs_binding.node) can not be found at path: …
what to do: run \`node scripts/setup.mjs\` in the repository, which installs and checks native TensorFlow`,
  },
  {
    about: 'a libtensorflow that does not exist',
    command: setUp,
    shown: 'node scripts/setup.mjs',
    env: { MNV4_LIBTENSORFLOW: '/nowhere' },
    code: 5,
    says: `set-up: MNV4_LIBTENSORFLOW=/nowhere: no libtensorflow in /nowhere/lib or /nowhere with its headers in /nowhere/include
  what to do: …`,
  },
  {
    about: 'a cache that cannot be written',
    command: setUp,
    shown: 'node scripts/setup.mjs',
    env: { MNV4_LIBTENSORFLOW: '/nowhere', MNV4_CACHE: 'search.yaml' },
    code: 5,
    says: `set-up: the cache folder cannot be written: EEXIST: file already exists, mkdir …
  what to do: set MNV4_CACHE=FOLDER to one that can`,
  },
  {
    about: 'a set-up without a home folder',
    command: setUp,
    shown: 'node scripts/setup.mjs',
    env: noHome,
    code: 5,
    says: `set-up: no folder for the cache: this user has no home folder (HOME)
  what to do: set MNV4_CACHE=FOLDER to a folder that this user may write to`,
  },
  {
    about: 'a distillation set without a home folder',
    run: ['dataset', 'build', 'patterns.dataset.yaml'],
    env: noHome,
    code: 2,
    says: `no folder for the cache: this user has no home folder (HOME)
what to do: set MNV4_CACHE=FOLDER to a folder that this user may write to`,
  },
  {
    about: 'a file in place of the cache',
    run: ['dataset', 'build', 'patterns.dataset.yaml'],
    env: { MNV4_CACHE: 'search.yaml' },
    code: 4,
    says: `search.yaml/teachers/…: could not make the folder of the run: a file where a folder should be (ENOTDIR)
what to do: set MNV4_CACHE=FOLDER to a folder that this user may write to`,
  },
  {
    about: 'a file in place of the cache when fetching',
    run: ['dataset', 'fetch', 'mnist'],
    env: { MNV4_CACHE: 'search.yaml' },
    code: 4,
    says: `search.yaml/datasets/mnist.part-PID: could not make the folder: a file where a folder should be (…)
what to do: set MNV4_CACHE=FOLDER to a folder that this user may write to`,
  },
  {
    about: 'an unknown flag of the set-up',
    command: [...setUp, '--cuda'],
    shown: 'node scripts/setup.mjs --cuda',
    code: 2,
    says: 'set-up: unknown option --cuda…',
  },
];
