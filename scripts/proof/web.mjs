#!/usr/bin/env node
// Proves the page of `export --to web` in Chromium: it exports networks with the command that users run, serves each
// folder below a path, and shows pictures to the page in every runtime. The pixels that the network sees, the logits and
// the class on top must be ours: for a PNG of the network's size the same pixels, logits within 1e-4 of the largest in
// float32; in int8 logits as far from float32 as export predicted, times two at most. The page must ask no other server,
// write no error to the console, work by keyboard, drop and paste, say what is wrong with a file that is no picture,
// without WebGL and when it is opened as a file, and axe-core must find no violation in light and dark. Exits with 1 if
// one of these fails. Run after `npm run build` and `npm run proof:report:install`; takes some minutes:
//   npm run proof:web -- [--networks shapes,mnv4-conv-s] [--shots FOLDER] [--write] [--json]
// `--write` saves the figures in docs/web.json, keeps those of networks not opened now, and makes the tables of
// docs/web.md; `--shots` keeps screenshots.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { openBackend } from '#networks/tensor/backend';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { chromium, isInstalled, pins, tool } from './report/tools.mjs';
import { comparisons } from './web/comparisons.mjs';
import { provenControls } from './web/controls.mjs';
import { exportedPage, subjectNames } from './web/subjects.mjs';
import { keep } from './web/tables.mjs';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: subjectNames.join() },
    shots: { type: 'string' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const chosen = values.networks.split(',');
const unknown = chosen.filter((name) => !subjectNames.includes(name));
if (unknown.length > 0) fail(2, `--networks: expected some of ${subjectNames.join()}; got ${unknown.join()}`);
const executablePath = chromium();
if (!isInstalled() || executablePath === undefined)
  fail(5, 'the browser is not installed; run `npm run proof:report:install`');

const folder = scratchFolder('web');
const findings = [];
const results = [];
const sizes = {};
const browser = await tool('playwright-core').chromium.launch({ executablePath, args: ['--no-sandbox'] });
const versions = { Chromium: browser.version(), ...libraries(), ...pins };
try {
  openBackend({});
  for (const name of chosen) {
    const own = join(folder, name);
    mkdirSync(own);
    const expect = (holds, what) => void (holds || findings.push(`${name}: ${what}`));
    const exported = await exportedPage(name, own);
    sizes[name] = exported.bytes;
    for await (const result of comparisons(browser, exported, expect)) {
      results.push({ network: name, ...result });
      console.error(`web: ${row(results.at(-1)).join('  ')}`);
    }
    if (name === 'shapes') await provenControls({ browser, exported, expect, shots: values.shots });
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

const head = ['network', 'runtime', 'picture', 'pixels that differ', 'most', 'logits', 'bound', 'class on top', 'ms'];
if (values.json) console.log(JSON.stringify({ versions, sizes, results, findings }, null, 2));
else {
  console.log(aligned([head, ...results.map(row)], new Set([3, 4, 5, 6, 8])).join('\n'));
  for (const finding of findings) console.log(`FAILED ${finding}`);
  if (findings.length === 0) console.log('all checks passed');
}
if (values.write) keep({ versions, sizes, results });
process.exitCode = findings.length === 0 ? 0 : 1;

/** Versions of the runtimes that the folders contain. */
function libraries() {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const names = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@litertjs/core'];
  return Object.fromEntries(names.map((name) => [name, dependencies[name]]));
}

function row({ network, runtime, picture, pixels, difference, bound, top, ms }) {
  return [
    ...[network, runtime, picture, `${(100 * pixels.share).toFixed(2)} %`, String(pixels.most)],
    ...[difference.toExponential(1), bound?.toExponential(1) ?? '', top, ms.toPrecision(3)],
  ];
}

function fail(status, message) {
  console.error(`web: ${message}`);
  process.exit(status);
}
