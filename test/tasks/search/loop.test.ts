/** The search loop on a table of rewards, without tensors or images. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { argmax } from '#tasks/search/controller/policy';
import { startController } from '#tasks/search/controller/reinforce';
import type { CostTerm } from '#tasks/search/controller/reward';
import { type Sample, sample } from '#tasks/search/controller/sample';
import { defaultShares, learningRateAt, schedule } from '#tasks/search/controller/schedule';
import { type SearchPlan, type SearchPorts, type SearchStep, searchLoop } from '#tasks/search/loop';
import { choicesOf } from '#test/tasks/search/controller/choices';

const choices = choicesOf(2, 3);

function plan(changes: Partial<SearchPlan> = {}): SearchPlan {
  return { from: 0, steps: 3, reward: 'absolute', learningRate: () => 0.1, entropyBonus: 0, ...changes };
}

/** Makes ports that record their calls; `weights` counts the training steps. */
function noted(samplesPerStep: number, changes: Partial<SearchPorts> = {}) {
  const random = randomStream('loop');
  const calls: string[] = [];
  const steps: SearchStep[] = [];
  let weights = 0;
  const ports: SearchPorts = {
    samples: (policy, step) => {
      calls.push(`sample ${step}`);
      return Array.from({ length: samplesPerStep }, () => sample(policy, random));
    },
    trainStep: async (samples, step) => {
      calls.push(`train ${step} with ${samples.length}`);
      weights++;
      return 2 / weights;
    },
    qualities: async (samples, step) => {
      calls.push(`quality ${step} of weights ${weights}`);
      return samples.map(() => 0.5 + weights / 10);
    },
    costs: () => {
      calls.push('costs');
      return [{ value: 3, target: 2, beta: -0.1 }];
    },
    record: async (step) => {
      calls.push(`record ${step.step} after update ${step.state.updates}`);
      steps.push(step);
      return true;
    },
    ...changes,
  };
  return { calls, steps, ports };
}

describe('a step of the loop', () => {
  it('samples, trains, evaluates with the updated weights, computes the costs, updates the controller', async () => {
    const { calls, ports } = noted(1);
    await searchLoop(startController(choices), plan({ steps: 2 }), ports);
    expect(calls).toEqual([
      'sample 0',
      'train 0 with 1',
      'quality 0 of weights 1',
      'costs',
      'record 0 after update 1',
      'sample 1',
      'train 1 with 1',
      'quality 1 of weights 2',
      'costs',
      'record 1 after update 2',
    ]);
  });

  it('holds K samples: trained together once, each with a separate quality and reward, one update', async () => {
    const measured: Sample[] = [];
    const trained: Sample[] = [];
    const { calls, steps, ports } = noted(3);
    await searchLoop(startController(choices), plan({ steps: 1 }), {
      ...ports,
      trainStep: (samples, step) => {
        trained.push(...samples);
        return ports.trainStep(samples, step);
      },
      qualities: async (samples, step) => {
        measured.push(...samples);
        return (await ports.qualities(samples, step)).map((quality, k) => quality + (k + 1) / 100);
      },
    });
    expect(calls.filter((call) => call.startsWith('train'))).toEqual(['train 0 with 3']);
    expect(measured).toEqual(trained);
    const [step] = steps as [SearchStep];
    expect(step.outcomes.map(({ sample: own }) => own)).toEqual(trained);
    expect(step.outcomes.map(({ quality }) => quality)).toEqual([0.61, 0.62, 0.63]);
    for (const { reward, quality } of step.outcomes) expect(reward).toBeCloseTo(quality - 0.1 * 0.5, 12);
    expect(step.state.updates).toBe(1);
  });

  it('draws from the policy after the previous step', async () => {
    const seen: (readonly (readonly number[])[])[] = [];
    const { steps, ports } = noted(1);
    await searchLoop(startController(choices), plan(), {
      ...ports,
      samples: (policy, step) => {
        seen.push(policy.logits);
        return ports.samples(policy, step);
      },
    });
    expect(seen[0]).toEqual([
      [0, 0],
      [0, 0, 0],
    ]);
    expect(seen.slice(1)).toEqual(steps.slice(0, 2).map(({ state }) => state.policy.logits));
  });

  it('leaves the policy unchanged if the learning rate is 0, while the baseline learns', async () => {
    const { steps, ports } = noted(1);
    await searchLoop(startController(choices), plan({ learningRate: (step) => (step < 2 ? 0 : 0.1) }), ports);
    const flat = steps.map(({ state }) => state.policy.logits.flat().every((logit) => logit === 0));
    expect(flat).toEqual([true, true, false]);
    expect(steps.map(({ learningRate }) => learningRate)).toEqual([0, 0, 0.1]);
    expect(steps[1]?.state.baseline.weight).toBeGreaterThan(steps[0]?.state.baseline.weight as number);
  });
});

describe('the loop', () => {
  it('begins at its first step, ends after its last, and returns the state recorded there', async () => {
    const { steps, ports } = noted(1);
    const end = await searchLoop(startController(choices), plan({ from: 4, steps: 6 }), ports);
    expect(steps.map(({ step }) => step)).toEqual([4, 5]);
    expect(end).toBe(steps.at(-1)?.state);
  });

  it('returns the given state if no step is left', async () => {
    const { calls, ports } = noted(1);
    const start = startController(choices);
    expect(await searchLoop(start, plan({ from: 3, steps: 3 }), ports)).toBe(start);
    expect(calls).toEqual([]);
  });

  it('stops after the step at which record asks for it', async () => {
    const { steps, ports } = noted(1);
    const record = async (step: SearchStep) => (await ports.record(step)) && step.step < 1;
    const end = await searchLoop(startController(choices), plan({ steps: 10 }), { ...ports, record });
    expect(steps.map(({ step }) => step)).toEqual([0, 1]);
    expect(end.updates).toBe(2);
  });

  it('throws the error that record throws', async () => {
    const { ports } = noted(1);
    const record = () => Promise.reject(new Error('no space'));
    await expect(searchLoop(startController(choices), plan(), { ...ports, record })).rejects.toThrow('no space');
  });
});

describe('on a table of 3 x 4 architectures', () => {
  // Quality grows with either choice and so does latency: the first costs 3 ms an option, the second 1 ms.
  const qualityOf = ([a, b]: readonly number[]) => 0.6 + 0.03 * (a as number) + 0.04 * (b as number);
  const latencyMs = ([a, b]: readonly number[]) => 4 + 3 * (a as number) + (b as number);
  const settings = schedule({ ...defaultShares, steps: 300, rate: { logitTravel: 40 } });

  /** Runs a search with this target; returns its result and the best of the table by the same reward. */
  async function searched(targetMs: number, beta: number, seed: number) {
    const random = randomStream(`${seed}/controller`);
    const noise = randomStream(`${seed}/noise`);
    const costs = (decisions: readonly number[]): CostTerm[] => [
      { value: latencyMs(decisions), target: targetMs, beta },
    ];
    const end = await searchLoop(
      startController(choicesOf(3, 4)),
      plan({ steps: 300, learningRate: (step) => learningRateAt(settings, step) }),
      {
        samples: (policy) => [sample(policy, random), sample(policy, random)],
        trainStep: async () => 1,
        qualities: async (samples) => samples.map(({ decisions }) => qualityOf(decisions) + 0.005 * noise.normal()),
        costs: ({ decisions }) => costs(decisions),
        record: async () => true,
      },
    );
    const rewardOf = (decisions: readonly number[]) =>
      qualityOf(decisions) + beta * Math.abs(latencyMs(decisions) / targetMs - 1);
    const all = Array.from({ length: 12 }, (_, i) => [Math.floor(i / 4), i % 4]);
    const best = all.reduce((x, y) => (rewardOf(y) > rewardOf(x) ? y : x));
    return { found: argmax(end.policy), best };
  }

  it.each([0, 1, 2, 3, 4])('finds the costliest if latency is free (seed %i)', async (seed) => {
    const { found, best } = await searched(1, -1e-9, seed);
    expect(best).toEqual([2, 3]);
    expect(found).toEqual(best);
  });

  it.each([0, 1, 2, 3, 4])('finds the best at 7 ms if a miss is penalised (seed %i)', async (seed) => {
    const { found, best } = await searched(7, -0.2, seed);
    expect(best).toEqual([0, 3]); // 4 + 0 + 3 ms, of quality 0.72; the other one at 7 ms, 4 + 3 + 0, has 0.63
    expect(found).toEqual(best);
  });
});
