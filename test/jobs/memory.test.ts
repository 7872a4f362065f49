import { describe, expect, it } from 'vitest';
import { needOf, requireAvailable } from '#jobs/memory';
import { Model } from '#networks/nn/model';
import { networkForward, weightLayout } from '#networks/nn/network';
import { backend, dispose, openBackend, run } from '#networks/tensor/backend';
import { peakBytes } from '#networks/tensor/peak-memory';
import { failureOf } from '#test/data/fixtures';
import { smallNetwork } from '#test/tasks/training/small-network';

openBackend({ threads: 1 });

const gib = 2 ** 30;

describe('the peak of memory', () => {
  it('is extrapolated from one and two images to any batch at each moment, as computed by hand', () => {
    const work = (images: number) => {
      const weights = backend().create(new Float32Array(1000), [1000]); // 4,000 bytes that do not grow
      dispose(weights);
      const batch = backend().create(new Float32Array(images * 10), [images, 10]); // 40 bytes for each image
      const twice = run('AddV2', [{ name: 'T', type: 4, value: 1 }], batch, batch);
      dispose(batch, twice);
    };
    expect(peakBytes(3, work)).toBe(4000);
    expect(peakBytes(100, work)).toBe(8000);
  });

  it('of a step leaves no tensors behind, and grows with the batch', () => {
    const closed = smallNetwork();
    const forward = networkForward(closed);
    const model = new Model(closed, weightLayout(closed, forward), '1');
    needOf(model, forward, 1);
    const before = backend().tensorsAlive();
    const [few, many] = [needOf(model, forward, 1), needOf(model, forward, 101)];
    expect(backend().tensorsAlive()).toBe(before);
    expect(many.step).toBeGreaterThan(10 * few.step);
    expect(many.taken).toBeGreaterThan(2 ** 26);
    model.dispose();
  });
});

describe('a step that does not fit', () => {
  const need = { taken: 0.5 * gib, step: 4 * gib };
  const asked = { batch: 128, workers: 2, setting: 'search.batch' };
  const warnings: string[] = [];
  const check = (available: number, of = asked) => requireAvailable(need, of, (line) => warnings.push(line), available);

  it('is refused before it is tried, and the message names a batch that fits', () => {
    const failure = failureOf(() => check(6 * gib));
    expect(failure.kind).toBe('backend');
    expect(failure.message).toContain(
      'a training step with batch 128 needs about 8.5 GiB more across 2 workers, but only 6.0 GiB is available',
    );
    expect(failure.remedy).toBe('try --set search.batch=68, or use fewer --workers');
    // 0.8 * 6 GiB, less the other worker's own 0.5, is 2.15 GiB for each: 68 of 128
  });

  it('causes a warning if it may fit, and nothing if it does', () => {
    check(9 * gib);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('if it runs out, try --set search.batch=107');
    check(20 * gib);
    expect(warnings).toHaveLength(1);
  });

  it('is refused with other remedies if no batch fits', () => {
    const remedies = [failureOf(() => check(0.5 * gib)), failureOf(() => check(0.02 * gib, { ...asked, workers: 1 }))];
    expect(remedies.map(({ remedy }) => remedy)).toEqual(['use fewer --workers', 'use a machine with more memory']);
  });
});
