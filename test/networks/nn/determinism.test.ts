/**
 * That every kernel of a training step gives the same bits each time, in this process and in another, for a number of
 * threads: a run that is resumed could not else end as one that was left alone.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { precisions } from '#networks/tensor/precision';
import { everyBlock } from './every-block.js';

const script = fileURLToPath(new URL('repeated-step.mjs', import.meta.url));

const networks = [
  everyBlock('relu', 24),
  everyBlock('gelu', 16, 'layerScale: true'),
  everyBlock('relu6', 6, 'padding: symmetric'),
];

interface Repeated {
  readonly sha256: string;
  readonly ops: number;
  readonly differing: string | null;
}

/** What a process of its own says of repeated steps. */
async function repeatedStep(kernels: string, request: object): Promise<Repeated[]> {
  const all = { batch: 16, repeats: 3, networks, ...request };
  const env = { ...process.env, MNV4_KERNELS: kernels };
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(all)], { env });
  return JSON.parse(stdout) as Repeated[];
}

describe.each(['our own', 'tensorflow'])('a step by %s kernels', { timeout: 120_000 }, (kernels) => {
  it.each([2, 4])('gives the same bits each time, on %i threads, by whichever process', async (threads) => {
    const [one, other] = await Promise.all([repeatedStep(kernels, { threads }), repeatedStep(kernels, { threads })]);
    expect(one.map(({ differing }) => differing)).toEqual([null, null, null]);
    expect(other).toEqual(one);
    for (const { ops } of one) expect(ops).toBeGreaterThan(400);
  });
});

it.each(precisions)(
  'our own kernels give the same bits on any number of threads in %s, so waiting workers may help',
  async (precision) => {
    const convolutional = everyBlock('relu', 24)
      .split('\n')
      .filter((line) => !/kind: (m.a|dwSep|invertedResidual)|kernel: 5 }/.test(line));
    const own = [convolutional.join('\n')];
    const found = await Promise.all(
      [1, 2, 3].map((threads) => repeatedStep('our own', { threads, precision, networks: own })),
    );
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  },
  120_000,
);

it('a step with half activations gives the same bits each time, by whichever process', {
  timeout: 120_000,
}, async () => {
  const request = { threads: 2, precision: 'half-activations' };
  const [one, other] = await Promise.all([repeatedStep('our own', request), repeatedStep('our own', request)]);
  expect(one.map(({ differing }) => differing)).toEqual([null, null, null]);
  expect(other).toEqual(one);
});

it('a kernel that does not is named', async () => {
  const request = { threads: 1, networks: networks.slice(0, 1), repeats: 2, spoiled: 'BatchMatMulV2' };
  const [{ differing }] = (await repeatedStep('our own', request)) as [Repeated];
  expect(differing).toMatch(/^BatchMatMulV2\(\[16,72,16\], /);
}, 120_000);
