import { describe, expect, it } from 'vitest';
import {
  defaultShares,
  learningRateAt,
  referenceLearningRate,
  type ScheduleSettings,
  schedule,
  warmupAt,
} from '#tasks/search/controller/schedule';

const settings: ScheduleSettings = { ...defaultShares, steps: 400, rate: { learningRate: 0.01 } };

describe('the schedule', () => {
  it('lowers the warm-up linearly from 1 to 0 over a quarter of the steps', () => {
    const plan = schedule(settings);
    expect([0, 25, 50, 99, 100, 399].map((step) => warmupAt(plan, step).op)).toEqual([
      1,
      0.75,
      0.5,
      expect.closeTo(0.01),
      0,
      0,
    ]);
    expect(warmupAt(schedule({ ...settings, warmup: { op: 0, filter: 0.1 } }), 0)).toEqual({ op: 0, filter: 1 });
  });

  it('has a learning rate of 0 for a quarter of the steps, then one that grows tenfold to the last', () => {
    const plan = schedule(settings);
    expect([0, 99, 100, 399].map((step) => learningRateAt(plan, step))).toEqual([0, 0, 0.01, expect.closeTo(0.1, 12)]);
    const ratios = [150, 250, 350].map((step) => learningRateAt(plan, step + 1) / learningRateAt(plan, step));
    for (const ratio of ratios) expect(ratio).toBeCloseTo(10 ** (1 / 299), 12);
  });

  it('turns logitTravel into a learning rate and back', () => {
    const plan = schedule({ ...settings, rate: { logitTravel: 40 } });
    const travelled = Array.from({ length: 400 }, (_, step) => learningRateAt(plan, step)).reduce((a, b) => a + b);
    expect(travelled).toBeCloseTo(40, 9);
    expect(schedule({ ...settings, rate: { learningRate: plan.learningRate } }).logitTravel).toBeCloseTo(40, 9);
  });

  it('travels 380 with the reference at full scale and 0.2 in a short run', () => {
    const logitTravel = (steps: number, batch: number) =>
      schedule({ ...settings, steps, rate: { learningRate: referenceLearningRate(batch) } }).logitTravel;
    expect(logitTravel(27_050, 4096)).toBeCloseTo(380, -1);
    expect(logitTravel(400, 128)).toBeCloseTo(0.2, 1);
  });

  it('refuses a warm-up that outlasts the delay, and a delay that leaves no steps to learn in', () => {
    expect(() => schedule({ ...settings, warmup: { op: 0.3, filter: 0.5 } })).toThrow(
      'warmup.op: expected a warm-up that ends within the delay of 100 steps; got one of 120 steps\n' +
        'warmup.filter: expected a warm-up that ends within the delay of 100 steps; got one of 200 steps',
    );
    expect(() => schedule({ ...settings, delay: 1 })).toThrow(
      'delay: expected a delay that leaves steps to learn in; got 400 of 400 steps',
    );
  });
});
