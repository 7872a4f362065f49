import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTime, totalSeconds } from '#tasks/project/init/time-plan';

const request = {
  images: 1000,
  validation: 150,
  test: 250,
  batch: 32,
  validationBatch: 64,
  imageBytes: 96 * 96 * 3,
  hours: 1,
};
const speeds = { teacherMs: 5, networkMs: 0.6, loadMs: 2 };

describe('a plan of time', () => {
  it('fits into the hours wherever more than the least of each phase fits', () => {
    const hours = fc.double({ min: 0.2, max: 24, noNaN: true });
    fc.assert(
      fc.property(hours, (given) => {
        expect(totalSeconds(planTime({ ...request, hours: given }, speeds))).toBeLessThanOrEqual(3600 * given);
      }),
    );
  });

  it('never has fewer steps with more hours', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 10, noNaN: true }), (hours) => {
        const [less, more] = [hours, 2 * hours].map((given) => planTime({ ...request, hours: given }, speeds));
        expect(more?.coarseSteps).toBeGreaterThanOrEqual(less?.coarseSteps as number);
        expect(more?.fineSteps).toBeGreaterThanOrEqual(less?.fineSteps as number);
        expect(more?.teacherEpochs).toBeGreaterThanOrEqual(less?.teacherEpochs as number);
        expect(more?.replicas).toBeGreaterThanOrEqual(less?.replicas as number);
      }),
    );
  });

  it('keeps the least of each phase on a slow machine, and says what that takes', () => {
    const plan = planTime({ ...request, hours: 0.01 }, { teacherMs: 500, networkMs: 60, loadMs: 20 });
    expect(plan).toMatchObject({ teacherEpochs: 4, coarseSteps: 100, fineSteps: 150, replicas: 1, finalEpochs: 6 });
    expect(totalSeconds(plan)).toBeGreaterThan(36);
  });

  it('does not spend days on a small set', () => {
    const plan = planTime({ ...request, hours: 100 }, speeds);
    expect(plan).toMatchObject({ teacherEpochs: 60, coarseSteps: 2000, fineSteps: 3000 });
    expect(totalSeconds(plan)).toBeLessThan(10 * 3600);
  });

  it('of the teacher by hand: its epochs times images times the time of one', () => {
    const { teacherEpochs, seconds } = planTime(request, speeds);
    expect(teacherEpochs).toBe(Math.min(60, Math.floor((0.12 * 0.9 * 3.6e6) / 5000)));
    expect(seconds.teacher).toBeCloseTo(teacherEpochs * 5, 10);
  });

  it('of the final training by hand: three forward passes and a load for each image of an epoch', () => {
    const { finalEpochs, seconds } = planTime({ ...request, hours: 0.1 }, speeds);
    expect(finalEpochs).toBe(Math.floor((0.38 * 0.9 * 3.6e5) / (1000 * (3 * 0.6 + 2))));
    expect(seconds.train).toBeCloseTo((finalEpochs * 1000 * (3 * 0.6 + 2)) / 1000, 10);
  });

  it('keeps a set below four gibibytes', () => {
    const large = { ...request, images: 100_000, imageBytes: 224 * 224 * 3, hours: 1000 };
    const { replicas } = planTime(large, speeds);
    expect(replicas).toBe(1);
  });
});
