#!/usr/bin/env node
// Times single layers of awkward sizes, convolution, batch norm and ReLU with all their gradients, against PyTorch's, whose
// convolutions are oneDNN's: one thread each, in turns, the least of some repeats, medians over the rounds. Run after
// `npm run build` and `node scripts/bench/peer/install.mjs`:
//   node scripts/bench/layers.mjs [--rounds 5] [--precision full]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { randomStream } from '#core/random';
import { convLayer, depthwiseLayer, pointwiseLayer } from '#networks/nn/layers';
import { weightPass } from '#networks/nn/pass';
import { backend, dispose, openBackend, sizeOf } from '#networks/tensor/backend';
import { alias } from '#networks/tensor/ops/arithmetic';
import { materialized } from '#networks/tensor/ops/combine';
import { Tape } from '#networks/tensor/tape';
import { shapes, titleOf } from './layers/shapes.mjs';
import { peerEnvironment } from './peer/environment.mjs';
import { machine } from './peer/report.mjs';
import { startServer } from './peer/server.mjs';
import { median } from './peer/statistics.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, precision: { type: 'string', default: 'full' } },
});
const repeats = 15;
openBackend({ threads: 1 });
const script = fileURLToPath(new URL('layers/peer.py', import.meta.url));
const peer = await startServer({ title: 'PyTorch', command: peerEnvironment.python, args: ['-B', script] });
const rows = [];
for (const shape of shapes) {
  const step = ownStep(shape);
  step();
  const [ours, theirs] = [[], []];
  for (let round = 0; round < Number(values.rounds); round++) {
    ours.push(least(step));
    theirs.push((await peer.ask(JSON.stringify({ ...shape, repeats }))).ms);
  }
  const ratio = median(theirs.map((ms, i) => ms / ours[i]));
  rows.push([titleOf(shape), median(ours).toFixed(2), median(theirs).toFixed(2), ratio.toFixed(2)]);
}
await peer.end();
const { cpu, torch } = machine();
console.log(`${cpu}, one thread; PyTorch ${torch}; ours: ${values.precision}\n`);
console.log(aligned([['layer', 'ours ms', 'theirs ms', 'ratio'], ...rows], new Set([1, 2, 3])).join('\n'));

/** A layer's pass and its gradients, from the input as a map of the precision asked for. */
function ownStep({ kind, images, side, inputs, out, kernel, stride }) {
  const random = randomStream('layers');
  const made = new Map();
  const kept = (name, shape) => {
    const values = () => Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
    if (!made.has(name)) made.set(name, backend().create(values(), shape));
    return made.get(name);
  };
  const half = values.precision !== 'full';
  return () => {
    const tape = new Tape({ recording: true, half });
    const leaves = [];
    const leaf = (name, shape, needsGradient = true) => {
      const value = tape.leaf(kept(name, shape), needsGradient);
      leaves.push(value);
      return value;
    };
    const conventions = { activation: 'relu', batchNormEpsilon: 1e-3, padding: 'symmetric', layerScale: false };
    const pass = weightPass({ tape, conventions, reading: { weight: leaf } });
    const x = leaf('x', [images, side, side, inputs], inputs !== 3);
    const how = { stride, activation: 'relu' };
    const layers = {
      pointwise: () => pointwiseLayer(pass, 'it', x, { out, ...how }),
      depthwise: () => depthwiseLayer(pass, 'it', x, { kernels: kernel, ...how }),
      dense: () => convLayer(pass, 'it', x, { kernels: kernel, out, ...how }),
    };
    const y = materialized(tape, layers[kind]());
    tape.backward(y, alias(kept('dy', y.tensor.shape)));
    for (const { gradient } of leaves) if (gradient !== undefined) dispose(gradient);
  };
}

function least(step) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    step();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
