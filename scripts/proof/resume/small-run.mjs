// @ts-check
// A run of six steps that computes almost nothing but writes all files that a search writes: node small-run.mjs ROOT ID
import { join } from 'node:path';
import { resumeFromCheckpoint, saveCheckpoint } from '#jobs/runs/checkpoint';
import { openRun } from '#jobs/runs/run-folder';
import { settleLock } from '#jobs/runs/settle-lock';

const [root = '', id = ''] = process.argv.slice(2);
const steps = 6;
const machine = { imagesPerSecond: 1, dataWait: 0, memoryMb: 1, tensors: 0 };
const notice = () => {};
await settleLock(join(root, id), { notice, shouldStop: () => false });
const run = openRun({
  ...{ root, id, resume: 'allow', stage: 'coarse', steps, lengthKey: 'steps', identity: { steps } },
  ...{ config: 'steps: 6\n', space: 'name: small\n', environment: {}, notice },
});
if (!run.wasDone) work();
run.finish('done');

function work() {
  const saved = resumeFromCheckpoint(run, notice);
  const from = saved?.step ?? 0;
  let { value } = /** @type {{ value: number }} */ (saved?.state ?? { value: 0.5 });
  const [events, policy] = [run.openLog('events', from), run.openLog('policy', from)];
  for (let step = from + 1; step <= steps; step++) {
    value = 3.7 * value * (1 - value); // chaotic: no step may be left out or done twice
    events.append({ ...machine, step, loss: value, learningRate: 0.1 });
    policy.append({ step, logits: { value: [value] } });
    if (step % 2 > 0) continue;
    const tensors = new Map([['weights', { shape: [2], values: Float32Array.of(value, step) }]]);
    saveCheckpoint(run, { step, tensors, state: { value }, score: step === 2 ? 1 : value });
    run.progress(step);
  }
  run.writeArchitecture(`value: ${value}\n`);
  const any = /** @type {const} */ ([0, 1]);
  const test = { split: 'test', n: 1, top1: value, top1Interval: any, top5: 1, top5Interval: any, loss: 0 };
  run.writeResult({ decisions: [], quality: value, costs: {}, reward: null, entropy: null, test });
}
