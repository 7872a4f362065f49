import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { roofline as command } from '#cli/commands/roofline';
import { readNetwork } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { findSpace } from '#networks/zoo/shipped';
import { printed } from '#test/cli/printed';
import { opened, trainingResult } from '#test/jobs/runs/run-fixture';

const folder = mkdtempSync(join(tmpdir(), 'roofline-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns the output of `mnv4-nas roofline ARGS`. */
async function roofline(...args: string[]): Promise<{ out: string; err: string }> {
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const out = await printed(command, ...args);
    return { out, err: err.mock.calls.map(([chunk]) => chunk).join('') };
  } finally {
    vi.restoreAllMocks();
  }
}

async function json(...args: string[]) {
  return JSON.parse((await roofline(...args, '--json')).out);
}

describe('roofline', () => {
  it('sweeps 0 to 500 and prints latencies relative to the fastest, as JSON', async () => {
    const found = await json('mnv4-conv-s', 'mnv4-conv-m');
    expect(found.ridgePoints).toEqual(Array.from({ length: 501 }, (_, i) => i));
    const [s, m] = found.networks;
    expect(s).toMatchObject({ name: 'mnv4-conv-s', resolution: 224, macs: 186_005_568, top1: 0.738 });
    expect(s.source).toContain('arXiv:2404.10518');
    expect(s.relativeLatency.every((value: number) => value === 1)).toBe(true);
    expect(m.relativeLatency[0]).toBeCloseTo(1_080_244_224 / 186_005_568, 12); // MACs alone
    expect(m.relativeLatency).toHaveLength(501);
    expect([s, m].map(({ pareto }) => pareto.every(Boolean))).toEqual([true, true]);
    expect(found.leads).toEqual([{ name: 'mnv4-conv-s', from: 0, to: 500 }]);
  });

  it('accepts another resolution, which has no published accuracy, and stated accuracies', async () => {
    const found = await json('mnv4-conv-s@128', 'mnv4-conv-m', '--ridge', '31.2', '--accuracy', 'mnv4-conv-m=0.7');
    expect(found.networks).toMatchObject([
      { name: 'mnv4-conv-s@128', resolution: 128, top1: null, source: null, pareto: null, behindFront: null },
      { name: 'mnv4-conv-m', top1: 0.7, source: '--accuracy', pareto: [true], behindFront: [1] },
    ]);
  });

  it('accepts files, and runs with the accuracy of a finished training', async () => {
    const network = readNetwork(findSpace('teacher-28'));
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, printSpace(asSpace(network), { note: 'mine' }));
    const run = opened(folder, { id: 'trained', stage: 'train' });
    run.writeArchitecture(printSpace(asSpace(network)));
    run.writeResult(trainingResult({ quality: 0.9 }));
    run.finish('done');
    const found = await json(file, join(folder, 'trained'), '--ridge', '10');
    expect(found.networks).toMatchObject([
      { name: file, top1: null, relativeLatency: [1] },
      { top1: 0.9, source: 'test images of run trained', relativeLatency: [1] },
    ]);
  });

  it('counts the requested bytes per value', async () => {
    const half = await json(
      'mnv4-conv-s',
      'mnv4-conv-m',
      '--ridge',
      '20',
      '--bytes-per-weight',
      '2',
      '--bytes-per-activation',
      '2',
    );
    const whole = await json('mnv4-conv-s', 'mnv4-conv-m', '--ridge', '40');
    expect(half.networks[1].relativeLatency[0]).toBeCloseTo(whole.networks[1].relativeLatency[0], 12);
  });

  it('prints tables for people, and writes a picture and a page', async () => {
    const [svg, html] = [join(folder, 'sweep.svg'), join(folder, 'sweep.html')];
    const { out, err } = await roofline(
      'mnv4-conv-s',
      'mnv4-conv-l',
      '--ridge',
      '0:100:10',
      '--svg',
      svg,
      '--html',
      html,
    );
    expect(out).toMatch(/^network +top-1 +at 0 +at 10 +at 100$/m);
    expect(out).toContain('mnv4-conv-s  73.8 %');
    expect(out).toMatch(/^0 to 100 {6}mnv4-conv-s$/m);
    expect(err).toBe(`wrote ${svg}\nwrote ${html}\n`);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg /);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<svg [\s\S]*mnv4-conv-l/);
  });

  it.each([
    [['mnv4-conv-s', '--ridge', '5:1'], /--ridge.*expected FROM:TO:STEP/],
    [['mnv4-conv-s', '--accuracy', 'mnv4-conv-s=74'], /--accuracy.*expected NAME=SHARE, a share from 0 to 1/],
    [
      ['mnv4-conv-s', '--accuracy', 'mnv4-conv-s=0.7', '--accuracy', 'mnv4-conv-s=0.8'],
      /--accuracy.*expected each network once; got mnv4-conv-s again/,
    ],
    [
      ['mnv4-conv-s', '--accuracy', 'mnv4-conv-m=0.7'],
      /--accuracy: expected one of the networks mnv4-conv-s; got mnv4-conv-m/,
    ],
    [['mnv4-conv-t'], /expected a network or space: .*; got mnv4-conv-t; did you mean/],
    [['mnv4-conv-s.coarse'], /expected a network, every value fixed; got a space with/],
    [[join(tmpdir())], /expected a finished run, with architecture.yaml; got one without|expected/],
  ])('%o is refused', async (args, message) => {
    await expect(roofline(...args)).rejects.toThrow(message);
  });
});
