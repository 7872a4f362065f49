import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describe as command } from '#cli/commands/describe';
import { readNetwork } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { findSpace } from '#networks/zoo/shipped';

type Options = Parameters<typeof command.run>[1];

const describeText = (what: string, options: Options = {}) => command.run([what], options).text();
const json = (what: string, options: Options = {}) => JSON.parse(JSON.stringify(command.run([what], options).json));

describe('describe', () => {
  it('prints a network with its totals, latencies and layers as JSON', () => {
    const found = json('mnv4-conv-s', { device: ['pixel-6-cpu'] });
    expect(found).toMatchObject({
      name: 'mnv4-conv-s',
      resolution: 224,
      classes: 1000,
      params: 3_774_024,
      macs: 186_005_568,
    });
    expect(found.latencyMs['pixel-6-cpu']).toBeCloseTo(2.59, 2);
    expect(found.layers[0]).toEqual({
      name: 'stages[0].blocks[0]',
      kind: 'conv',
      output: [112, 112, 32],
      foldedParams: 896,
      params: 928,
      macs: 10_838_016,
      weightBytes: 896,
      activationBytes: 224 * 224 * 3 + 112 * 112 * 32,
      bound: { 'pixel-6-cpu': 'memory' },
      signature: 'conv 3x3/2 224x224x3>112x112x32',
    });
  });

  it('states the memory-bound share of each latency, and the memory of the activations', () => {
    const found = json('mnv4-conv-s', { device: ['pixel-6-cpu', 'pixel-8-edgetpu-roofline'] });
    expect(found.memoryBoundShare['pixel-8-edgetpu-roofline']).toBe(1);
    expect(found.memoryBoundShare['pixel-6-cpu']).toBeGreaterThan(0.3);
    expect(found.memoryBoundShare['pixel-6-cpu']).toBeLessThan(0.9);
    expect(found.peakActivationBytes).toBe(224 * 224 * 3 + 112 * 112 * 32); // the stem, int8
    expect(describeText('mnv4-conv-s', { device: ['pixel-8-edgetpu-roofline'] })).toMatch(
      /^ms on pixel-8-edgetpu-roofline +\d\.\d{3} {2}100 % of it in layers bound by memory$/m,
    );
  });

  it('accepts another resolution and number of classes', () => {
    expect(json('mnv4-conv-s', { resolution: 256, classes: 10 })).toMatchObject({
      resolution: 256,
      params: 3_774_024 - 990 * 1281,
    });
  });

  it('prints images that are not square height first', () => {
    const resolution = { height: 192, width: 256 };
    expect(json('mnv4-conv-s', { resolution })).toEqual(json('mnv4-conv-s@192x256'));
    expect(json('mnv4-conv-s@192x256').layers[0].output).toEqual([96, 128, 32]);
    expect(describeText('mnv4-conv-s@192x256').split('\n')[0]).toBe('mnv4-conv-s  192 x 256, 1000 classes');
  });

  it('prints a space with its choices, size and extremes', () => {
    const found = json('tiny.coarse', { device: ['reference'] });
    expect(found.choices[1]).toEqual({ path: 'stages[1].blocks[1].use', tag: 'skip', options: [false, true] });
    expect(found).toMatchObject({
      name: 'tiny.coarse',
      size: '384',
      networks: '384',
      networksExact: true,
      cheapest: { decisions: [0, 0, 0, 0, 0, 0], macs: 1_246_336 },
    });
    expect(found.dearest.decisions).toEqual([2, 1, 3, 1, 3, 1]);
    expect(found.dearest.latencyMs.reference).toBeGreaterThan(found.cheapest.latencyMs.reference);
  });

  it('distinguishes the ways to decide a space from the different networks that result', () => {
    expect(json('mnv4-conv-m.coarse')).toMatchObject({ size: '43904', networks: '6860', networksExact: true });
    expect(describeText('mnv4-conv-m.coarse').split('\n')[1]).toBe(
      '10 choices, 43,904 ways to decide them, 6,860 different networks',
    );
  });

  it('lists the signatures of all layers that a network or an architecture of a space may have', () => {
    const lines = describeText('tiny.coarse', { signatures: true }).split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines[0]).toMatch(/^conv 3x3\/2 28x28x1>14x14x\d+$/);
    expect(json('mnv4-conv-s', { signatures: true })).toContain('fc 1x1x1280>1x1x1000');
  });

  it('prints the result of a run', () => {
    const run = mkdtempSync(join(tmpdir(), 'run-'));
    try {
      expect(() => json(run)).toThrow('expected a run with a result, architecture.yaml');
      writeFileSync(
        join(run, 'architecture.yaml'),
        printSpace(asSpace(readNetwork(findSpace('mnv4-conv-m'))), { run: 'r' }),
      );
      expect(json(run)).toMatchObject({ name: 'mnv4-conv-m', params: 9_715_512, macs: 1_080_244_224 });
    } finally {
      rmSync(run, { recursive: true });
    }
  });

  it('draws a network block by block, or layer by layer with what bounds it', () => {
    const blocks = describeText('mnv4-conv-s', { device: ['pixel-6-cpu'] }).split('\n');
    expect(blocks.find((line) => line.startsWith('stages[3].blocks[0]'))).toMatch(
      /uib 5,5 s2 e3 \(ExtraDW\) +14 x 14 x 96 +38,208 +15,441,664$/,
    );
    const layers = describeText('mnv4-conv-s', { device: ['pixel-6-cpu'], byLayer: true }).split('\n');
    expect(layers.find((line) => line.startsWith('stages[3].blocks[0].mid'))).toMatch(
      /^\S+ +depthwise +14 x 14 x 192 .* memory$/,
    );
  });

  it.each([
    ['mnv4-conv-x', {}, 'did you mean mnv4-conv-l?'],
    ['tiny.coarse', { byLayer: true }, '--by-layer: expected a network; got the space tiny.coarse'],
    ['mnv4-conv-s', { device: ['nope.yaml'] }, 'expected a device: a YAML file, or one of galaxy-s23-cpu'],
  ])('%s with %o is refused', (what, options, message) => {
    expect(() => describeText(what, options)).toThrow(message);
  });
});
