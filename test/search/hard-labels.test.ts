import { expect, it } from 'vitest';
import type { Batch } from '../../src/data/loader.js';
import { hardLabelled } from '../../src/search/hard-labels.js';

it("hard labels take the teacher's place: nine tenths on the source's class, the rest spread evenly, the images the same", () => {
  const batch: Batch = {
    n: 2,
    images: Uint8Array.of(7, 8),
    labels: Int32Array.of(1, 0),
    soft: Float32Array.of(0.5, 0.5, 0, 0.25, 0.5, 0.25),
  };
  const { soft, ...same } = hardLabelled({ at: (step) => (step === 3 ? batch : { ...batch, n: 0 }) }, 3).at(3);
  const { soft: _, ...expected } = batch;
  expect(same).toEqual(expected);
  const rest = 0.1 / 3;
  for (const [i, value] of [rest, 0.9 + rest, rest, 0.9 + rest, rest, rest].entries()) {
    expect(soft[i]).toBeCloseTo(value, 6);
  }
});
