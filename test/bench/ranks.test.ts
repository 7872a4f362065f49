import { describe, expect, it } from 'vitest';
import { busiest, communicationMs, fittedNetwork, fittedSteps, stepMs } from '../../scripts/bench/ranks/model.mjs';

const network = { latencyMs: 0.1, bytesPerMs: 1000 };
const model = { ...network, computeMs: 50, fixedMs: 20 };

describe('the model of a step on ranks', () => {
  it('counts the work of the busiest rank, or of a core that ranks share', () => {
    const steps = [
      [1, 2, 3, 2],
      [1, 1, 1, 1],
    ];
    expect(busiest(steps, 1, 4)).toBe((8 + 4) / 2);
    expect(busiest(steps, 2, 4)).toBe((4 + 2) / 2); // ranks take turns: 1 + 3 and 2 + 2
    expect(busiest(steps, 4, 4)).toBe((3 + 1) / 2);
    expect(busiest(steps, 4, 2)).toBe((4 + 2) / 2);
  });

  it('counts messages, and 2 (n - 1) / n of the gradient', () => {
    expect(communicationMs(network, 4000, 1)).toBe(0);
    expect(communicationMs(network, 4000, 2)).toBeCloseTo((4 + 2) * 0.1 + 4);
    expect(communicationMs(network, 4000, 4)).toBeCloseTo((8 + 6) * 0.1 + 6);
  });

  it('gets its parameters back from the times that it predicts', () => {
    const places = [1, 2, 4].map((ranks) => ({ works: [[1, 2, 3, 2]], ranks, cores: 2, gradientBytes: 4000 }));
    const steps = places.map((place) => ({ ...place, ms: stepMs(model, place) }));
    const allReduces = [1000, 5000, 9000].map((bytes) => ({ bytes, ms: 0.3 + bytes / 1000 }));
    const fitted = fittedSteps(fittedNetwork({ meetingMs: 0.1, allReduces }), steps);
    for (const [name, value] of Object.entries(model)) expect(fitted[name as keyof typeof fitted]).toBeCloseTo(value);
  });
});
