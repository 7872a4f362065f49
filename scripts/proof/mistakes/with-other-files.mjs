// @ts-check
/** Mistakes with files that are no text, have no end, or would take all time and memory. */
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';

/** @typedef {import('./mistake.mjs').Mistake} Mistake */

/**
 * A file that `validate` refuses.
 *
 * @param {string} about @param {string | Uint8Array} content @param {string} says @returns {Mistake}
 */
const refused = (about, content, says) => ({
  about,
  prepare: (world) => world.write('mistake.yaml', content),
  run: ['validate', 'mistake.yaml'],
  code: 3,
  says: `mistake.yaml${says}`,
});

const frame = 'input: { resolution: 8, channels: 1 }\nclasses: 2\nactivation: relu\nhead: { conv: 0, hidden: 0 }\n';

/** @type {Mistake[]} */
export const others = [
  refused(
    'a program',
    Buffer.from('7f454c4602010100', 'hex'),
    ':1:1: expected UTF-8 text; got the control character U+007F',
  ),
  refused(
    'a text in Latin-1',
    Buffer.from('name: s\n# für\n', 'latin1'),
    ':2:4: expected UTF-8 text; got bytes of another encoding or of no text',
  ),
  refused(
    'a text in UTF-16',
    Buffer.from('\ufeffname: s\n', 'utf16le'),
    ':1:1: expected UTF-8 text; got bytes of another encoding or of no text',
  ),
  refused(
    'tabs before keys',
    'input:\n\tchannels: 1\n',
    ':2:1: expected YAML; got: Tabs are not allowed as indentation',
  ),
  refused(
    'five megabytes',
    'a: 1\n'.repeat(1e6),
    ': expected a readable file; got 5000000 bytes, where at most 262144 make sense',
  ),
  refused('65 nested lists', `${'['.repeat(65)}${']'.repeat(65)}`, ':1:65: expected at most 64 levels; got more'),
  refused(
    'a list that contains itself',
    'stages: &all [*all]\n',
    ':1:15: expected an alias of a finished value; got *all inside itself',
  ),
  refused(
    'a hundred aliases of one list',
    `a: &a [x]\nb: [${Array(100).fill('*a')}]\n`,
    ':2:5: expected fewer than 100 copies by aliases; got: Excessive alias count indicates a resource exhaustion attack',
  ),
  refused(
    'a block repeated a billion times',
    `name: s\n${frame}stages: [{ blocks: [{ kind: conv, kernel: 3, out: 8, repeat: 1e9 }] }]\n`,
    `:6:62: stages[0].blocks[0].repeat: expected a count from 1 to 64; got 1000000000`,
  ),
  {
    about: 'a pipe without a writer',
    prepare: (world) => void spawnSync('mkfifo', [world.path('mistake.yaml')]),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml: expected a readable file; got a pipe or a device',
  },
  {
    about: 'a link to itself',
    prepare: (world) => symlinkSync('mistake.yaml', world.path('mistake.yaml')),
    run: ['validate', 'mistake.yaml'],
    code: 3,
    says: 'mistake.yaml: expected a readable file; got links that lead round in a circle (ELOOP)',
  },
  {
    about: 'a folder as a config',
    run: ['search', 'images'],
    code: 3,
    says: 'images: expected a readable file; got a folder (EISDIR)',
  },
  {
    about: 'an endless device as a config',
    run: ['search', '/dev/zero'],
    code: 3,
    says: '/dev/zero: expected a readable file; got a pipe or a device',
  },
  {
    about: 'an endless device as measured networks',
    run: ['calibrate', '/dev/zero'],
    code: 3,
    says: '/dev/zero: expected a readable file; got a pipe or a device',
  },
  {
    about: 'a file in place of the folder of runs',
    run: ['runs', 'list', '--root', 'search.yaml'],
    code: 4,
    says: 'search.yaml: expected a folder; got a file where a folder should be (ENOTDIR)',
  },
  {
    about: 'a result of a run whose quality is a word',
    prepare: (world) => {
      world.copy('runs/done-coarse', 'damaged');
      world.write('damaged/result.json', '{ "quality": "high" }');
    },
    run: ['runs', 'show', './damaged'],
    code: 4,
    says: 'damaged/result.json:1:14: quality: expected a number; got high',
  },
];
