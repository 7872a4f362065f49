import { expect, it } from 'vitest';
import { timed } from '#tasks/export/web/page/timing';

it('repeats inferences after a warm-up, each with the same values', async () => {
  const seen: Float32Array[] = [];
  const values = Float32Array.of(1, 2);
  const run = async (given: Float32Array) => {
    seen.push(given);
    return given;
  };
  const { ms, samples } = await timed({ run }, values);
  expect(samples).toBeGreaterThanOrEqual(3);
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(seen.length).toBeGreaterThanOrEqual(samples + 2);
  expect(seen.every((given) => given === values)).toBe(true);
});

it('passes on that the runtime fails', async () => {
  const run = () => Promise.reject(new Error('lost'));
  await expect(timed({ run }, Float32Array.of(1))).rejects.toThrow('lost');
});
