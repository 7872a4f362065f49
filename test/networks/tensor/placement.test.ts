import { describe, expect, it } from 'vitest';
import { gpuVerdict, placedOps, triedPlacement } from '#networks/tensor/placement';

const log = `W0000 00:00:1 1 x.cc:1] a warning
I0000 00:00:1 23230 execute.cc:1775] Executing op MatMul in device /job:localhost/replica:0/task:0/device:GPU:0
I0000 00:00:1 23230 execute.cc:1775] Executing op Conv2D in device /job:localhost/replica:0/task:0/device:CPU:0
`;

describe('the placement of ops', () => {
  it("is read from TensorFlow's log", () => {
    expect(placedOps(log)).toEqual({ MatMul: 'GPU:0', Conv2D: 'CPU:0' });
  });

  it('without a visible GPU is the CPU', () => {
    const placement = triedPlacement({ ...process.env, CUDA_VISIBLE_DEVICES: '' });
    expect(placement).toEqual({ devices: { MatMul: 'CPU:0', Conv2D: 'CPU:0' } });
  });
});

describe('the verdict about the GPU', () => {
  const placed = (MatMul: string, Conv2D = MatMul) => ({ devices: { MatMul, Conv2D } });
  const cpu = placed('CPU:0');
  const advised = { setup: /setup.mjs --gpu`$/, driver: /nvidia-smi/, cudnn: /cuDNN/, again: /setup.mjs`$/ };

  it.each([
    [
      'computes where all ops run on it',
      true,
      ['0'],
      placed('GPU:0'),
      true,
      /^MatMul ran on GPU:0, Conv2D ran on GPU:0;/,
    ],
    ['is none on a machine without', false, [], cpu, false, /^none: MatMul ran on CPU:0, .* not been tested on a real/],
  ])('%s', (_, hasCuda, gpus, placement, computes, detail) => {
    const verdict = gpuVerdict({ hasCuda, gpus, placement });
    expect(verdict).toEqual({ computes, detail: expect.stringMatching(detail) });
  });

  it.each([
    ['runs only some ops', true, ['0'], placed('GPU:0', 'CPU:0'), /^only some/, advised.cudnn],
    ['is there without CUDA', false, ['0', '1'], cpu, /^2 GPUs are here, but/, advised.setup],
    ['is not visible', true, [], cpu, /^no GPU is visible: MatMul ran on CPU:0/, advised.driver],
    ['is visible, but not used', true, ['0'], cpu, /^1 GPUs are visible, but not used/, advised.driver],
    ['cannot be tried', true, ['0'], { problem: 'the trial ended with SIGKILL' }, /SIGKILL/, advised.again],
  ])('that %s says what to do', (_, hasCuda, gpus, placement, detail, remedy) => {
    expect(gpuVerdict({ hasCuda, gpus, placement })).toEqual({
      computes: false,
      detail: expect.stringMatching(detail),
      remedy: expect.stringMatching(remedy),
    });
  });
});
