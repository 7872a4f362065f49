#!/usr/bin/env node
// `npm run bench:ranks [-- --rounds 3] [--write]`: fits the model of `ranks/model.mjs` on 1, 2 and 4 MPI ranks of this
// host, compares it with 8 ranks and with 2 ranks whose steps have other sizes, and carries it to 256 ranks. Each rank
// stands for a node: it computes with one thread, shares no memory with the others and talks over TCP. A step has 8
// architectures of workload b with 32 images each. `--write` puts the tables into docs/scaling.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { usableCores } from '#core/machine/cores';
import { randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { layersOf } from '#networks/cost/layers/layers-of';
import { close } from '#networks/space/space';
import { docs, filled, table } from '../docs/page.mjs';
import { mpirun, requireMpi } from '../proof/mpi/mpirun.mjs';
import { median } from './peer/statistics.mjs';
import { regrouped, workload } from './peer/workloads.mjs';
import { communicationMs, fittedNetwork, fittedSteps, stepMs } from './ranks/model.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } },
});
const name = 'b';
const rounds = Number(values.rounds);
const cores = usableCores();
const way = (ranks, samples = 8, batch = 32) => ({ ranks, samples, batch });
const fittedOn = [way(1), way(2), way(4)];
const predicted = [way(8), way(2, 4)];
/** Networks to which the model is carried. */
const networks = [
  { title: '1 Gbit/s, 50 µs', bytesPerMs: 1e9 / 8 / 1000, latencyMs: 0.05 },
  { title: '10 Gbit/s, 25 µs', bytesPerMs: 1e10 / 8 / 1000, latencyMs: 0.025 },
  { title: '100 Gbit/s, 5 µs', bytesPerMs: 1e11 / 8 / 1000, latencyMs: 0.005 },
];
const script = (file) => fileURLToPath(new URL(file, import.meta.url));

console.error(`Open MPI ${requireMpi()}, ${cores} cores, ${rounds} rounds`);
const twoRanks = await onRanks(2, [script('mpi/all-reduces-rank.mjs')]);
const ways = [...fittedOn, ...predicted];
const found = ways.map(() => []);
let gradientBytes = 0;
for (let round = 0; round < rounds; round++) {
  for (const [i, { ranks, samples, batch }] of ways.entries()) {
    const one = await onRanks(ranks, [script('mpi/rank.mjs'), name, '1', String(samples), String(batch)]);
    gradientBytes = one.gradientBytes;
    found[i].push(one.meanMs);
    console.error(`${ranks} ranks, ${samples} architectures of ${batch} images: ${one.meanMs.toFixed(1)} ms a step`);
  }
}
const places = ways.map(({ ranks, samples, batch }) => ({ works: works(samples, batch), ranks, cores, gradientBytes }));
const measured = places.map((place, i) => ({ ...place, ms: median(found[i]) }));
const network = fittedNetwork(twoRanks);
const model = fittedSteps(network, measured.slice(0, fittedOn.length));

const fits = table(
  ['ranks', 'architectures a step', 'used for', 'measured, ms', 'model, ms', 'error'],
  measured.map(({ ms, ...place }, i) => {
    const { ranks, samples } = ways[i];
    const expected = stepMs(model, place);
    const error = `${(100 * (expected / ms - 1)).toFixed(1)} %`;
    return [ranks, samples, i < fittedOn.length ? 'the fit' : 'the test', ms.toFixed(1), expected.toFixed(1), error];
  }),
);
const parameters = table(
  ['parameter', 'value'],
  [
    ['c, an architecture of mean size with 32 images', `${model.computeMs.toFixed(1)} ms`],
    ['f, what every rank does alike', `${model.fixedMs.toFixed(1)} ms`],
    ['l, a message over the loopback interface', `${model.latencyMs.toFixed(2)} ms`],
    ['B, the same', `${(model.bytesPerMs / 1e6).toFixed(2)} GB/s`],
    ['G, the gradient', `${(gradientBytes / 1e6).toFixed(1)} MB`],
  ],
);
const carried = table(['ranks', ...networks.map(({ title }) => title)], [2, 8, 32, 256].map(carriedTo));
console.log([parameters, fits, carried].join('\n\n'));
if (values.write) {
  const page = [
    ['parameters', parameters],
    ['fit', fits],
    ['carried', carried],
  ];
  const text = readFileSync(docs('scaling.md'), 'utf8');
  writeFileSync(
    docs('scaling.md'),
    page.reduce((sum, [mark, content]) => filled(sum, mark, content), text),
  );
}

/** Runs a script on ranks that share no memory, or alone, and returns what rank 0 prints. */
async function onRanks(ranks, args) {
  const { status, stdout, stderr } = await mpirun(Array(ranks).fill(1), args);
  if (status !== 0) throw new Error(`mpirun ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** The work of each step's architectures: MACs by those of the mean one with 32 images. */
function works(samples, batch) {
  const { space, sequence } = regrouped(workload(name), samples, batch);
  const macs = ({ decisions }) => layersOf(close(space, decisions)).reduce((sum, layer) => sum + layer.macs, 0);
  const steps = sequence.map((step) => step.map(macs));
  const mean = meanOf(steps.flat());
  return steps.map((step) => step.map((each) => (each / mean) * (batch / 32)));
}

/** A row: step time and efficiency on that many nodes, with 4 random architectures of 128 images for each. */
function carriedTo(ranks) {
  const each = 4;
  const all = works(8, 128).flat();
  const random = randomStream(`bench/ranks/${ranks}`);
  const draw = () => Array.from({ length: ranks * each }, () => all[random.below(all.length)]);
  const place = { works: Array.from({ length: 50 }, draw), ranks, cores: ranks, gradientBytes };
  const ideal = each * meanOf(all) * model.computeMs + model.fixedMs;
  return [
    ranks,
    ...networks.map((network) => {
      const ms = stepMs({ ...model, ...network }, place);
      const sent = communicationMs(network, gradientBytes, ranks);
      return `${ms.toFixed(0)} ms, ${((100 * ideal) / ms).toFixed(0)} % (${sent.toFixed(1)} ms)`;
    }),
  ];
}
