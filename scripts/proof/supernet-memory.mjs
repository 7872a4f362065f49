// Checks that a SuperNet's memory does not grow: 2,000 steps of the tiny fine space, each with a random selection (all
// options on at first, as in a search's warm-up), a random batch and a validation pass of four times its size. Exits
// with 1 if more tensors are alive after step 2,000 than after step 100. Run after `npm run build`:
//   node --expose-gc scripts/proof/supernet-memory.mjs [PRECISION]
import { randomFillSync } from 'node:crypto';
import { randomStream } from '#core/random';
import { readSpace } from '#networks/space/parse';
import { readRefinement, refine } from '#networks/space/refine';
import { inputSize } from '#networks/space/resolution';
import { close, isFilterChoice } from '#networks/space/space';
import { backend } from '#networks/tensor/backend';
import { findRefinement, findSpace } from '#networks/zoo/shipped';
import { SuperNet } from '#tasks/search/supernet/supernet';

const [precision = 'full'] = process.argv.slice(2);
const steps = 2000;
const batchSize = 32;
const warmupSteps = 250;

const coarse = readSpace(findSpace('tiny.coarse'));
const largest = coarse.choices.map(({ options }) => options.indexOf(options.toSorted((a, b) => a - b).at(-1)));
const space = refine(close(coarse, largest), readRefinement(findRefinement('uib.refine')));
const optimizer = { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 };
const net = new SuperNet(space, { seed: 'proof', optimizer, l2: 4e-5, precision });
const random = randomStream('proof');

function randomSelection(step) {
  const allOn = space.choices.map((choice) => !isFilterChoice(choice) && random.uniform() < 1 - step / warmupSteps);
  return { decisions: space.choices.map(({ options }) => random.below(options.length)), allOn };
}

function randomBatch(n) {
  const images = randomFillSync(new Uint8Array(n * inputSize(space.input)));
  const soft = new Float32Array(n * space.classes);
  for (let row = 0; row < n; row++) soft[row * space.classes + random.below(space.classes)] = 1;
  return { n, images, soft };
}

console.log(`${space.name}: ${space.choices.length} choices, ${net.model.layout.size} weights, batch ${batchSize}`);
const alive = [];
for (let step = 1; step <= steps; step++) {
  const selection = randomSelection(step);
  await net.trainStep([selection], [randomBatch(batchSize)], step, 0.01);
  net.logits(selection, randomBatch(4 * batchSize));
  alive.push(backend().tensorsAlive());
  if (step === 100 || step === steps) {
    globalThis.gc?.();
    const residentMiB = (process.memoryUsage().rss / 2 ** 20).toFixed(0);
    console.log(`step ${step}: ${alive.at(-1)} tensors alive, ${residentMiB} MiB resident`);
  }
}
const grown = alive.at(-1) - alive[99];
console.log(grown > 0 ? `the number of tensors grew by ${grown}` : 'the number of tensors did not grow');
net.dispose();
process.exitCode = grown > 0 ? 1 : 0;
