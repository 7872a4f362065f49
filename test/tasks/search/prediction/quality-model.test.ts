import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { isActive } from '#networks/space/space';
import type { ControllerChoice } from '#tasks/search/controller/policy';
import { fitQuality, type MeasuredStep, type QualityModel } from '#tasks/search/prediction/quality-model';

/** Three choices; the last one matters only where the first takes its option 1. */
const choices: ControllerChoice[] = [2, 3, 3].map((options, i) => ({
  path: `choice ${i}`,
  options,
  kind: 'op',
  largest: 0,
  when: i === 2 ? [{ choice: 0, option: 1 }] : [],
}));

const effects = [
  [0.1, -0.2],
  [0, 0.3, -0.1],
  [0.5, 0, -0.4],
];

const qualityOf = (decisions: readonly number[]) =>
  choices.reduce(
    (sum, choice, i) => sum + (isActive(choice, decisions) ? (effects[i]?.[decisions[i] as number] ?? 0) : 0),
    0,
  );

const everyNetwork = [0, 1].flatMap((a) => [0, 1, 2].flatMap((b) => [0, 1, 2].map((c) => [a, b, c])));

interface World {
  readonly steps: number;
  readonly samples: number;
  /** Standard deviations of what the samples of a step share, and of what they do not. */
  readonly shared: number;
  readonly single: number;
}

function measured({ steps, samples, shared, single }: World): MeasuredStep[] {
  const random = randomStream('quality-model');
  return Array.from({ length: steps }, () => {
    const decisions = Array.from({ length: samples }, () => choices.map(({ options }) => random.below(options)));
    const disturbance = 5 + shared * random.normal();
    const qualities = decisions.map((of) => qualityOf(of) + disturbance + single * random.normal());
    return { decisions, qualities, mixed: decisions.map(() => false) };
  });
}

function largestError({ predict }: QualityModel): number {
  const errors = everyNetwork.map((decisions) => predict(decisions) - qualityOf(decisions));
  return Math.max(...errors) - Math.min(...errors);
}

describe('a regression of quality', () => {
  it('finds the effects of all options, whatever the samples of a step share', () => {
    const model = fitQuality(choices, measured({ steps: 2000, samples: 2, shared: 3, single: 0 })) as QualityModel;
    expect(model.samples).toBe(4000);
    expect(model.explained).toBeGreaterThan(0.9999);
    expect(largestError(model)).toBeLessThan(0.01);
  });

  it('predicts the level at the end of the steps', () => {
    const model = fitQuality(choices, measured({ steps: 2000, samples: 2, shared: 0, single: 0 })) as QualityModel;
    for (const decisions of everyNetwork) expect(model.predict(decisions)).toBeCloseTo(5 + qualityOf(decisions), 1);
  });

  it('compares neighbouring steps if each has one sample', () => {
    const model = fitQuality(choices, measured({ steps: 4000, samples: 1, shared: 0.1, single: 0 })) as QualityModel;
    expect(largestError(model)).toBeLessThan(0.05);
  });

  it('says how much it explains: noise lowers the share, and of noise alone it explains nothing', () => {
    const noisy = fitQuality(choices, measured({ steps: 2000, samples: 2, shared: 1, single: 0.35 })) as QualityModel;
    expect(noisy.explained).toBeGreaterThan(0.3);
    expect(noisy.explained).toBeLessThan(0.6); // the effects have a variance of about 0.1, the noise of 0.12
    const deaf = measured({ steps: 300, samples: 2, shared: 0, single: 1 }).map((step) => {
      const random = randomStream(`noise ${step.qualities[0]}`);
      return { ...step, qualities: step.qualities.map(() => random.normal()) };
    });
    expect((fitQuality(choices, deaf) as QualityModel).explained).toBeLessThan(0.02);
  });

  it('leaves out samples in which all options of a choice were on', () => {
    const steps = measured({ steps: 500, samples: 3, shared: 0, single: 0 }).map((step, i) => ({
      ...step,
      qualities: step.qualities.map((quality, k) => (k === i % 3 ? 99 : quality)),
      mixed: step.mixed.map((_, k) => k === i % 3),
    }));
    const model = fitQuality(choices, steps) as QualityModel;
    expect(model.samples).toBe(1000);
    expect(largestError(model)).toBeLessThan(0.02);
  });

  it('does not exist for a few steps', () => {
    expect(fitQuality(choices, measured({ steps: 4, samples: 2, shared: 0, single: 0 }))).toBeUndefined();
    expect(fitQuality(choices, [])).toBeUndefined();
  });
});
