import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gpuEnvironment, localRank, visibleGpus } from '#core/machine/gpus';
import { newFolder } from '#test/data/fixtures';

const none = newFolder();

describe('the visible GPUs', () => {
  it.each([
    ['0', ['0']],
    ['2, 0', ['2', '0']],
    ['0,-1,1', ['0']],
    ['', []],
    ['-1', []],
    ['none', []],
    ['GPU-8a2f,MIG-77', ['GPU-8a2f', 'MIG-77']],
  ])('under CUDA_VISIBLE_DEVICES=%s are %j', (named, gpus) => {
    expect(visibleGpus({ CUDA_VISIBLE_DEVICES: named }, none)).toEqual(gpus);
  });

  it('are all that the driver lists, else the devices of a container', () => {
    const host = newFolder();
    for (const bus of ['0000:01:00.0', '0000:02:00.0']) {
      mkdirSync(join(host, 'proc/driver/nvidia/gpus', bus), { recursive: true });
    }
    const container = newFolder();
    mkdirSync(join(container, 'dev'));
    for (const name of ['nvidia3', 'nvidiactl', 'nvidia-uvm']) writeFileSync(join(container, 'dev', name), '');
    expect([host, container, none].map((root) => visibleGpus({}, root))).toEqual([['0', '1'], ['0'], []]);
  });
});

describe('the GPU of a worker', () => {
  it('is one of those visible, in turn if there are more workers', () => {
    const given = [0, 1, 2].map((rank) => gpuEnvironment(['4', '6'], rank));
    expect(given.map(({ CUDA_VISIBLE_DEVICES }) => CUDA_VISIBLE_DEVICES)).toEqual(['4', '6', '4']);
    expect(gpuEnvironment([], 1)).toEqual({});
  });

  it('follows from the rank on its host', () => {
    expect([{}, { OMPI_COMM_WORLD_LOCAL_RANK: '3' }, { SLURM_LOCALID: '2' }].map(localRank)).toEqual([0, 3, 2]);
  });
});
