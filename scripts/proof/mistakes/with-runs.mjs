// @ts-check
/** Mistakes with runs: `halted` was stopped, `done-coarse` and `done-fine` are finished. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { entry } from './world.mjs';

/** @typedef {import('./mistake.mjs').Mistake} Mistake */

const container = ['unshare', '--pid', '--fork', '--mount-proc'];
const hasContainers = spawnSync('unshare', [...container.slice(1), 'true']).status === 0;

/** @type {Mistake[]} */
export const runs = [
  {
    about: 'a run id that is not a plain name',
    run: ['coarse', 'search.yaml', '--run-id', '../new'],
    code: 2,
    says: '--run-id: expected up to 100 letters, digits, dots, underscores and hyphens, a letter or digit first; got "../new"',
  },
  {
    about: 'the same in a dry run',
    run: ['coarse', 'search.yaml', '--run-id', '../new', '--dry-run'],
    code: 2,
    says: '--run-id: expected up to 100 letters, digits, dots, underscores and hyphens, a letter or digit first; got "../new"',
  },
  {
    about: 'a run that must be new but exists',
    run: ['coarse', 'search.yaml', '--run-id', 'halted', '--resume', 'never'],
    code: 2,
    says: '--resume never: expected a new run; got runs/halted, which already exists\nwhat to do: name another run with --run-id, or resume this one with --resume allow',
  },
  {
    about: 'a run that must exist but does not',
    run: ['coarse', 'search.yaml', '--run-id', 'halt', '--resume', 'must'],
    code: 2,
    says: '--resume must: expected a run at runs/halt; got none; did you mean halted?',
  },
  {
    about: 'a run resumed under another config',
    run: ['coarse', 'search.yaml', '--run-id', 'halted', '--seed', '4', '--set', 'search.batch=8'],
    code: 3,
    says: `runs/halted/config.yaml: seed: was 3, is 4
runs/halted/config.yaml: coarse.batch: was 16, is 8
what to do: restore what was changed, or begin another run with --run-id`,
  },
  {
    about: 'a run resumed with another space',
    prepare: (world) => world.edit('space.yaml', '[8, 12, 16]', '[8, 16]', 'mistake.yaml'),
    run: ['coarse', 'search.yaml', '--run-id', 'halted', '--set', 'coarse.space=mistake.yaml'],
    code: 3,
    says: `runs/halted/space.yaml:8: was - out: [ 8, 12, 16 ], is - out: [ 8, 16 ]
what to do: restore what was changed, or begin another run with --run-id`,
  },
  {
    about: 'a run that another process works on',
    meanwhile: ['coarse', 'search.yaml', '--run-id', 'busy', '--set', 'search.steps=100000'],
    run: ['coarse', 'search.yaml', '--run-id', 'busy', '--set', 'search.steps=100000'],
    code: 2,
    says: 'runs/busy: another process works on this run: process PID on HOST\nwhat to do: wait for it, stop it, or name another run with --run-id',
  },
  {
    about: 'a run that a process in another container works on',
    cannot: () => (hasContainers ? undefined : 'needs the right to make a PID namespace'),
    meanwhile: ['coarse', 'search.yaml', '--run-id', 'busy', '--set', 'search.steps=100000'],
    command: [
      ...container,
      process.execPath,
      entry,
      'coarse',
      'search.yaml',
      '--run-id',
      'busy',
      '--set',
      'search.steps=100000',
    ],
    shown: "mnv4-nas coarse search.yaml --run-id busy --set 'search.steps=100000'",
    code: 2,
    says: 'runs/busy: another process works on this run: process PID on HOST\nwhat to do: wait for it, stop it, or name another run with --run-id',
  },
  {
    about: 'a run whose checkpoints are all damaged',
    prepare: (world) => {
      world.copy('runs/halted', 'runs/damaged');
      for (const name of readdirSync(world.path('runs/damaged/checkpoints')))
        world.flip(`runs/damaged/checkpoints/${name}/weights.safetensors`, 2000);
    },
    run: ['coarse', 'search.yaml', '--run-id', 'damaged'],
    code: 4,
    says: 'runs/damaged/checkpoints: cannot resume: every checkpoint is damaged (…)\nwhat to do: remove that folder to begin the run again',
  },
  {
    about: 'a run whose state is damaged',
    prepare: (world) => {
      world.copy('runs/halted', 'runs/torn');
      world.cut('runs/torn/state.json', 20);
    },
    run: ['runs', 'show', 'torn'],
    code: 4,
    says: 'runs/torn/state.json: expected JSON; got: …',
  },
  {
    about: 'a folder with other files in place of a run',
    prepare: (world) => world.write('runs/thesis/thesis.tex', ''),
    run: ['coarse', 'search.yaml', '--run-id', 'thesis'],
    code: 2,
    says: 'runs/thesis: expected a run or a new folder; got one with thesis.tex\nwhat to do: name another run with --run-id',
  },
  {
    about: 'an evaluation of a run without trained weights',
    run: ['eval', 'done-fine', '--folder', 'set'],
    code: 2,
    says: 'runs/done-fine: expected a network with weights; got a run without\nwhat to do: give it weights with --weights FILE, or name a finished training run',
  },
  {
    about: 'a target that no architecture reaches',
    run: ['coarse', 'search.yaml', '--run-id', 'far', '--strict-target', '--set', 'cost[0].target=100'],
    code: 6,
    says: 'far: target missed: macs is …, … % from its target of 100.0',
  },
  {
    about: 'a learning rate with which training diverges',
    run: ['coarse', 'search.yaml', '--run-id', 'wild', '--set', 'search.weights.learningRate=1e30'],
    code: 3,
    says: 'training diverged: … at step …\nwhat to do: begin another run with a lower weights.learningRate, or with a longer warm-up',
  },
];
