import { describe, expect, it } from 'vitest';
import {
  cpuCheck,
  diagnose,
  diagnosisTable,
  gpuCheck,
  kernelsCheck,
  nodeCheck,
  picturesCheck,
} from '#cli/commands/doctor';
import { nativeImages } from '#data/images/decode/native-images';

describe('doctor', () => {
  it('finds this machine ready: its tests run on native TensorFlow', async () => {
    const diagnosis = diagnose(await nativeImages());
    expect(diagnosis).toMatchObject({ ok: true, backend: 'tensorflow', tensorflow: expect.stringMatching(/^2\./) });
    expect(diagnosis.threads).toBeGreaterThanOrEqual(1);
    const names = diagnosis.checks.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['node', 'packages', 'tensorflow', 'cpu', 'threads', 'memory', 'gpu']),
    );
    for (const { ok, remedy } of diagnosis.checks) expect(remedy === null).toBe(ok);
  });

  it('gives a remedy for an old Node and a processor without AVX', () => {
    expect(nodeCheck('18.20.8')).toMatchObject({ ok: false, remedy: 'install Node 20 or later' });
    expect(nodeCheck('20.0.0').ok).toBe(true);
    expect(cpuCheck(new Set(['sse4_2']), 'x64')).toMatchObject({ ok: false, remedy: 'use another machine' });
    expect(cpuCheck(new Set(['avx', 'avx2']), 'x64').detail).toMatch(/, avx2$/);
    expect(cpuCheck(new Set(['asimd']), 'arm64').ok).toBe(true);
    expect(cpuCheck(undefined, 'x64').ok).toBe(true);
  });

  it('says how to get our kernels back: by set-up, or by unsetting the variable that leaves them out', () => {
    const kernels = { available: false, detail: 'left out' };
    expect(kernelsCheck(kernels, {}).remedy).toBe('run `node scripts/setup.mjs`');
    expect(kernelsCheck(kernels, { MNV4_KERNELS: 'tensorflow' }).remedy).toBe('unset MNV4_KERNELS');
    expect(kernelsCheck({ ...kernels, available: true }, {}).ok).toBe(true);
  });

  it('marks a GPU that does not compute, but no machine without one', () => {
    expect(gpuCheck({ computes: true, detail: 'MatMul ran on GPU:0' }).ok).toBe(true);
    expect(gpuCheck({ computes: false, detail: 'none' }).ok).toBe(true);
    expect(gpuCheck({ computes: false, detail: 'not used', remedy: 'check the driver' })).toMatchObject({ ok: false });
    expect(gpuCheck(undefined).detail).toBe('unknown without TensorFlow');
  });

  it('says how to get our decoder of pictures back', () => {
    const images = { addon: undefined, detail: 'left out' };
    expect(picturesCheck(images, {}).remedy).toBe('run `node scripts/setup.mjs`');
    expect(picturesCheck(images, { MNV4_PICTURES: 'sharp' }).remedy).toBe('unset MNV4_PICTURES');
  });

  it('prints a remedy below the check that failed', () => {
    const checks = [nodeCheck('20.0.0'), nodeCheck('18.0.0')];
    const table = diagnosisTable({ ok: false, backend: null, tensorflow: null, threads: 1, gpu: null, checks });
    expect(table.split('\n')).toEqual([
      'ok  node  20.0.0',
      'NO  node  18.0.0 is too old',
      '          -> install Node 20 or later',
      '',
      'Native TensorFlow does not run here.',
      '',
    ]);
  });
});
