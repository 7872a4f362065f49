#!/usr/bin/env node
// @ts-check
// Measures the cost of checkpoints: traces a short run with many checkpoints in both stages of a search config. From
// the median times of a step, of a checkpoint and of the comparison of the workers' weights before it, computes the
// share of time that checkpoints take at the config's interval. Needs the config's distillation set.
//   node scripts/bench/checkpoints.mjs configs/quickstart.yaml configs/fashion-mnist.yaml [--steps 60]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readSearchConfig } from '#tasks/search/config/config';
import { stageSettings } from '#tasks/search/config/stage-settings';
import { median } from './peer/statistics.mjs';

const { values, positionals } = parseArgs({
  options: { steps: { type: 'string', default: '60' } },
  allowPositionals: true,
});
const every = 5; // steps from one checkpoint to the next
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

console.log('config              stage   step ms  checkpoint ms  compared ms  every  share of the time');
for (const config of positionals) {
  const root = mkdtempSync(join(tmpdir(), 'mnv4-checkpoints-'));
  try {
    run(config, root);
    for (const stage of ['coarse', 'fine']) console.log(rowOf(config, stage, join(root, `a-${stage}`, 'profile.json')));
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** @param {string} config @param {string} root */
function run(config, root) {
  const settings = { checkpointEvery: every, statisticsBatches: 1, compareRandom: 0 };
  const stages = ['coarse', 'fine'].flatMap((stage) => [
    `${stage}.steps=${values.steps}`,
    ...Object.entries(settings).map(([key, value]) => `${stage}.${key}=${value}`),
  ]);
  const sets = stages.flatMap((set) => ['--set', set]);
  const args = ['search', config, '--run-id', 'a', '--root', root, '--profile', values.steps, ...sets];
  execFileSync(process.execPath, [program, ...args], { stdio: 'ignore' });
}

/** @param {string} config @param {string} stage @param {string} profile */
function rowOf(config, stage, profile) {
  const { traceEvents } = JSON.parse(readFileSync(profile, 'utf8'));
  const medianMs = (/** @type {string} */ category, /** @type {RegExp} */ name) => {
    const spans = traceEvents.filter((/** @type {any} */ event) => event.pid === 0 && event.cat === category);
    const durations = spans
      .filter((/** @type {any} */ span) => name.test(span.name))
      .map((/** @type {any} */ span) => span.dur);
    return durations.length === 0 ? 0 : median(durations) / 1000;
  };
  const [kept, compared] = [medianMs('keeping', /^checkpoint$/), medianMs('keeping', /^agreement$/)];
  const { checkpointEvery } = stageSettings(readSearchConfig(config), /** @type {any} */ (stage));
  const stepMs = medianMs('step', /./);
  const share = (kept + compared) / (checkpointEvery * stepMs + kept + compared);
  const figures = [stepMs, kept, compared].map((ms) => ms.toFixed(1));
  return [
    config.replace(/^.*\//, '').padEnd(20),
    stage.padEnd(8),
    ...figures.map((figure, i) => figure.padStart([7, 15, 13][i] ?? 0)),
    `${checkpointEvery}`.padStart(7),
    `${(100 * share).toFixed(2)} %`.padStart(19),
  ].join('');
}
