// Writes a run folder as a search leaves it, with made-up qualities and the real costs of a shipped space, for pages that
// no short search could fill.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '#core/random';
import { costTable } from '#networks/cost/cost-table';
import { readDevice } from '#networks/cost/device';
import { readSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { randomDecisions } from '#networks/space/random-decisions';
import { findDevice, findSpace } from '#networks/zoo/shipped';

const cost = 'latencyMs@pixel-6-cpu';

/**
 * @param {{ root: string, id: string, seed: number, steps: number, logEvery: number, space: string, until?: number }} made
 *   `until` finished steps of a run that is stopped; all steps without it
 */
export function writeMadeRun({ root, id, seed, steps, logEvery, space: name, until = steps }) {
  const folder = join(root, id);
  mkdirSync(folder, { recursive: true });
  const space = readSpace(findSpace(name));
  const table = costTable(space, [{ cost: 'latency', device: readDevice(findDevice('pixel-6-cpu')) }]);
  const random = randomStream(`${id}/${seed}`);
  const costOf = (decisions) => table.evaluate(decisions)[0];
  const middle = randomDecisions(space, random);
  const target = costOf(middle);
  const noise = () => random.uniform() - 0.5;
  const accuracy = (decisions) => 0.55 + 0.08 * Math.log(costOf(decisions) / target) + 0.02 * noise();
  const reward = (decisions, quality) => quality - 0.5 * Math.abs(costOf(decisions) / target - 1);
  const drawn = (settled) =>
    randomDecisions(space, random).map((option, i) => (random.uniform() < settled ? middle[i] : option));
  const [events, policy, samples] = [[], [], []];
  for (let step = 1; step <= until; step++) {
    const share = step / steps;
    const pair = [drawn(share), drawn(share)];
    const qualities = pair.map((decisions) => (1 - Math.exp(-6 * share)) * accuracy(decisions));
    const costs = { [cost]: pair.map(costOf) };
    samples.push({ step, decisions: pair, qualities, costs, mixed: pair.map(() => random.uniform() > 4 * share) });
    if (step % logEvery !== 0) continue;
    const quality = qualities[0];
    const entropy = 1.2 * (1 - share);
    const costNow = {
      value: costs[cost][0],
      expected: target * (1 + 0.3 * (1 - share) * noise()),
      argmax: target,
      target,
    };
    events.push({
      ...{
        step,
        loss: 2.3 - 1.4 * share + 0.1 * noise(),
        quality,
        reward: reward(pair[0], quality),
        baseline: quality,
      },
      ...{ costs: { [cost]: costNow }, entropy, relativeEntropy: 1 - share, imagesPerSecond: 900, dataWait: 0.01 },
      ...{ memoryMb: 900, tensors: 46, rates: { weights: 0.004 * (1 - share), controller: 0.1 * share } },
    });
    const logits = ({ options }, i) => options.map((_, o) => (o === middle[i] ? 6 * share : 0) + 0.5 * noise());
    policy.push({
      step,
      logits: Object.fromEntries(space.choices.map((choice, i) => [choice.path, logits(choice, i)])),
    });
  }
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  const lines = (log) => log.map((line) => `${JSON.stringify(line)}\n`).join('');
  const isDone = until === steps;
  const state = { version: 1, id, stage: 'coarse', status: isDone ? 'done' : 'stopped', step: until, steps };
  const judged = (decisions) => {
    const top1 = accuracy(decisions);
    const costs = { [cost]: { value: costOf(decisions), target } };
    return { decisions, quality: top1, reward: reward(decisions, top1), costs, held: { top1, loss: 1.7 } };
  };
  const candidates = [middle, ...Array.from({ length: 15 }, () => drawn(0.9))].map(judged);
  const randomCandidates = Array.from({ length: 32 }, () => judged(randomDecisions(space, random)));
  const best = candidates.reduce((a, b) => (b.reward > a.reward ? b : a));
  const bestRandom = randomCandidates.reduce((a, b) => (b.reward > a.reward ? b : a));
  const { top1 } = best.held;
  const interval = [top1 - 0.01, top1 + 0.01];
  const result = {
    ...{ decisions: best.decisions, quality: top1, costs: best.costs, reward: best.reward },
    ...{ entropy: 0.1, entropyAtStart: 1.2, relativeEntropy: 0.08, missed: [], candidates, randomCandidates },
    held: { split: 'held', n: 10_000, top1, top1Interval: interval, top5: 0.9, top5Interval: [0.89, 0.91], loss: 1.7 },
    random: {
      ...{ n: 32, meanReward: 0.4, deviation: 0.05, bestReward: bestRandom.reward, meanQuality: 0.54 },
      ...{ bestQuality: bestRandom.quality, bestDecisions: bestRandom.decisions },
    },
  };
  const config = {
    ...{ seed, cost: [{ cost: 'latency', device: 'pixel-6-cpu', targetMs: target }] },
    coarse: { quality: 'accuracy', strategy: 'reinforce', tolerance: 0.05, controller: { temperature: 1 } },
  };
  const files = {
    'state.json': json(state),
    'config.yaml': json(config), // JSON is YAML
    'space.yaml': printSpace(space),
    'events.jsonl': lines(events),
    'policy.jsonl': lines(policy),
    'samples.jsonl': lines(samples),
    ...(isDone ? { 'result.json': json(result) } : {}),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}
