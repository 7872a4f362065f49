/** The requirement for every format: the program that loads it computes what the network computes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Architecture, close } from '#networks/space/space';
import { backend, openBackend } from '#networks/tensor/backend';
import { checkExport } from '#tasks/export/check-export';
import type { Exporter, ExportOptions } from '#tasks/export/exporter';
import { network } from '#test/networks/nn/fixtures';
import { decisionsOf, randomSpace } from '#test/networks/space/random-space';
import { randomExported, trial } from './random-exported.js';

const tolerance = 2e-5; // of the largest logit

/** Returns the largest relative difference between the logits of an export and ours. */
async function differenceOf(exporter: Exporter, architecture: Architecture, options: ExportOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  try {
    const exported = randomExported(architecture);
    for (const { name, content } of await exporter.files(exported, options)) {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : Buffer.concat(content));
    }
    const images = trial(architecture, options.batch ?? 3);
    return (await checkExport(folder, exporter, exported, images)).maxRelative;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const block = (text: string, resolution: number) =>
  network(
    `stages:\n  - blocks: [{ ${text} }]\nhead: { conv: 0, hidden: 0 }`,
    `input: { resolution: ${resolution}, channels: 8 }`,
  );

const blocks = [
  ...[1, 3, 5].flatMap((k) => [1, 2].map((s) => `kind: conv, kernel: ${k}, stride: ${s}, out: 6`)),
  ...[1, 2].map((s) => `kind: fusedIb, kernel: 3, stride: ${s}, expand: 2, out: 8`),
  ...[
    [0, 0],
    [0, 3],
    [5, 0],
    [3, 5],
  ].map(([start, mid]) => `kind: uib, startKernel: ${start}, midKernel: ${mid}, expand: 2, out: 8`),
  ...[
    [0, 5],
    [3, 0],
    [5, 3],
  ].map(([start, mid]) => `kind: uib, startKernel: ${start}, midKernel: ${mid}, stride: 2, expand: 2, out: 12`),
  ...[1, 2].map((s) => `kind: dwSep, kernel: 3, stride: ${s}, out: 6`),
  ...[1, 2].map((s) => `kind: mqa, heads: 2, keyDim: 4, valueDim: 6, kvStride: ${s}, out: 8`),
  ...[1, 2].map((s) => `kind: mha, heads: 3, keyDim: 4, valueDim: 2, kvStride: ${s}, out: 8`),
  ...[1, 2].map((s) => `kind: invertedResidual, kernel: 5, stride: ${s}, expand: 2.5, out: 8, squeeze: true`),
];

const conventions: Partial<Architecture>[] = [
  { padding: 'symmetric' },
  { padding: 'symmetric', layerScale: true, batchNormEpsilon: 1e-5, activation: 'hardSwish' },
];
const strided = [
  'kind: conv, kernel: 3, stride: 2, out: 6',
  'kind: uib, startKernel: 5, midKernel: 3, stride: 2, expand: 2, out: 8',
  'kind: mqa, heads: 2, keyDim: 4, valueDim: 6, kvStride: 2, out: 8',
];

const whole = network(`
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: fusedIb, kernel: 3, expand: 2, out: 8 }
  - blocks:
      - { kind: uib, startKernel: 3, midKernel: 5, stride: 2, expand: 2, out: 16 }
      - { kind: uib, startKernel: 5, midKernel: 0, expand: 2, out: 16 }
head: { conv: 24, hidden: 32 }`);

/** Tests that the logits of an exporter are ours for every kind of block, convention and activation. */
export function testLogits(format: string, exporter: Exporter): void {
  beforeAll(() => void openBackend({ threads: 1 }));
  describe(`${format} computes the logits of`, () => logitsTests(exporter));
}

function logitsTests(exporter: Exporter): void {
  it.each(blocks)('a block %s on maps of odd and even size', async (text) => {
    for (const resolution of [7, 8]) {
      expect(await differenceOf(exporter, block(text, resolution), { fold: true })).toBeLessThan(tolerance);
    }
  });

  it.each(strided)('a block %s under other conventions', async (text) => {
    for (const convention of conventions) {
      for (const fold of [true, false]) {
        const architecture = { ...block(text, 8), ...convention };
        expect(await differenceOf(exporter, architecture, { fold })).toBeLessThan(tolerance);
      }
    }
  });

  it.each(['relu', 'relu6', 'gelu', 'hardSwish'] as const)(
    'a whole network with %s, batch norm folded or not',
    async (activation) => {
      for (const fold of [true, false]) {
        const before = backend().tensorsAlive();
        expect(await differenceOf(exporter, { ...whole, activation }, { fold })).toBeLessThan(tolerance);
        expect(backend().tensorsAlive() - before).toBeLessThan(40); // constants remain
      }
    },
  );

  it('batches of a given size', async () => {
    expect(await differenceOf(exporter, whole, { fold: true, batch: 2 })).toBeLessThan(tolerance);
  });

  it('any network of the language', async () => {
    const networks = randomSpace.chain((space) => decisionsOf(space).map((decisions) => close(space, decisions)));
    const agrees = fc.asyncProperty(networks, fc.boolean(), async (architecture, fold) => {
      expect(await differenceOf(exporter, architecture, { fold })).toBeLessThan(tolerance);
    });
    await fc.assert(agrees, { numRuns: 15, seed: 11 });
  });
}
