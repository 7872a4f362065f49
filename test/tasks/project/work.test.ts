import { describe, expect, it } from 'vitest';
import { buildSeconds, trainingSeconds } from '#tasks/project/work';
import { smallNetwork } from '#test/tasks/training/small-network';

const network = smallNetwork();

describe('nominal times', () => {
  it('of a training grow with its images, three passes each, and loading adds up', () => {
    const once = trainingSeconds(network, 1, 0);
    expect(trainingSeconds(network, 100, 0)).toBeCloseTo(100 * once, 12);
    expect(trainingSeconds(network, 0, 3)).toBeCloseTo(once, 12);
    expect(trainingSeconds(network, 100, 0, 20)).toBeCloseTo(100 * once + 2, 12);
  });

  it('of a build are those of loading and of one pass through each teacher', () => {
    const pass = trainingSeconds(network, 0, 1);
    expect(buildSeconds([network, network], 50, 10)).toBeCloseTo(0.5 + 100 * pass, 12);
  });
});
