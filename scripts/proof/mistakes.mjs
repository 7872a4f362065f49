#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:mistakes [-- --write]`: makes real mistakes in files, flags, runs, data and the environment, in a
 * temporary folder, and prints the exit code and message of each. `--write` puts the table into docs/mistakes.md. Exits
 * with 1 if a code or message is not the expected one, or if a stack trace shows. Run after the set-up.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environment } from './mistakes/in-environment.mjs';
import { files } from './mistakes/in-files.mjs';
import { data } from './mistakes/with-data.mjs';
import { flags } from './mistakes/with-flags.mjs';
import { foreign } from './mistakes/with-foreign-files.mjs';
import { others } from './mistakes/with-other-files.mjs';
import { runs } from './mistakes/with-runs.mjs';
import { repository, World } from './mistakes/world.mjs';

/** @typedef {import('./mistakes/mistake.mjs').Mistake} Mistake */
/**
 * @typedef {{ mistake: Mistake, shown: string, code: number | null, message: string, problem: string | undefined,
 * skipped?: string }} Made
 */

/** @type {[title: string, mistakes: Mistake[]][]} */
const chapters = [
  ['In files', files],
  ['With other files in their place', others],
  ['With files of other programs', foreign],
  ['On the command line', flags],
  ['With runs', runs],
  ['With data', data],
  ['In the environment', environment],
];

const world = new World();
/** @type {[string, Made[]][]} */
const all = [];
try {
  await world.begin();
  for (const [title, mistakes] of chapters) {
    const made = [];
    for (const mistake of mistakes) made.push(await make(mistake));
    all.push([title, made]);
  }
} finally {
  world.end();
}

const document = text(all);
if (process.argv.includes('--write')) {
  const file = join(repository, 'docs', 'mistakes.md');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, document);
  console.log(`wrote docs/mistakes.md`);
} else {
  console.log(document);
}
const wrong = all.flatMap(([, made]) => made.filter(({ problem }) => problem !== undefined));
for (const { mistake, problem } of wrong) console.error(`${mistake.about}: ${problem}`);
for (const { mistake, skipped } of all.flatMap(([, made]) => made)) {
  if (skipped !== undefined) console.error(`not made: ${mistake.about}: ${skipped}`);
}
process.exitCode = wrong.length > 0 ? 1 : 0;

/** Makes a mistake and compares its outcome with the expected one. @param {Mistake} mistake @returns {Promise<Made>} */
async function make(mistake) {
  const shown = shownCommand(mistake);
  const skipped = mistake.cannot?.();
  if (skipped !== undefined) return { mistake, shown, code: null, message: '', problem: undefined, skipped };
  await mistake.prepare?.(world);
  const other = await begun(mistake.meanwhile);
  const { run = [], command, env = {} } = mistake;
  const { code, stderr } = await world.start(run, command === undefined ? { env } : { command, env }).ended;
  other?.child.kill('SIGTERM');
  await other?.ended;
  for (const name of ['runs/new', 'mistake.yaml', 'damaged']) world.remove(name);
  const message = messageOf(stderr);
  return { mistake, shown, code, message, problem: problemOf(mistake, code, stderr, message) };
}

/** Starts a run and waits for its first output. @param {string[] | undefined} args */
async function begun(args) {
  if (args === undefined) return undefined;
  const other = world.start(args);
  await new Promise((works) => other.child.stderr.once('data', works));
  return other;
}

/** The message for the user: standard error without log lines and the hint at the help. @param {string} stderr */
function messageOf(stderr) {
  const lines = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{') && !line.startsWith('(--help'));
  return world.anonymous(lines.join('\n'));
}

/** @param {Mistake} mistake @param {number | null} code @param {string} stderr @param {string} message */
function problemOf({ code: expected, says }, code, stderr, message) {
  if (code !== expected) return `expected the exit code ${expected}; got ${code} and ${message}`;
  if (/^ {4}at /m.test(stderr)) return `expected no stack trace; got ${stderr}`;
  const pattern = says
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*');
  return new RegExp(`^${pattern}$`).test(message) ? undefined : `expected\n${says}\ngot\n${message}`;
}

/** @param {Mistake} mistake */
function shownCommand({ run = [], shown, env = {} }) {
  const words = run.map((word) => (/[\s{}[\]=;]/.test(word) ? `'${word}'` : word));
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...set, shown ?? ['mnv4-nas', ...words].join(' ')].join(' ');
}

/** @param {[string, Made[]][]} all */
function text(all) {
  const count = all.reduce((sum, [, made]) => sum + made.length, 0);
  const parts = all.map(([title, made]) => {
    const rows = made.map(({ mistake, shown, code, message, skipped }) =>
      skipped === undefined
        ? row(mistake.about, `\`${shown}\``, String(code), cell(message))
        : row(mistake.about, `\`${shown}\``, '', `not made: ${skipped}`),
    );
    return [
      `## ${title}`,
      '',
      row('mistake', 'command', 'exit code', 'message'),
      row('---', '---', '---', '---'),
      ...rows,
      '',
    ].join('\n');
  });
  const intro = `# ${count} mistakes and their messages

This page was written by \`npm run proof:mistakes -- --write\`, which makes each mistake for real; they are defined in
\`scripts/proof/mistakes/\`. Exit codes: 2 usage, 3 a config, space or device file, 4 data, 5 backend, 6 target missed.
`;
  return `${[intro, ...parts].join('\n').trimEnd()}\n`;
}

/** @param {string[]} cells */
function row(...cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** @param {string} message */
function cell(message) {
  const lines = message.split('\n');
  const some = lines.length > 6 ? [...lines.slice(0, 2), '...'] : lines; // shortens a help text
  return some.map((line) => line.replaceAll('<', '&lt;')).join('<br>');
}
