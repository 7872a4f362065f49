import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const native = fileURLToPath(new URL('../../../dist/networks/tensor/tensorflow.js', import.meta.url));

it('TensorFlow keeps to the kernels that are sound, whatever the environment asks for', () => {
  const script = `
    const { loadTensorFlow } = await import(${JSON.stringify(native)});
    loadTensorFlow({ threads: 1 });
    process.stdout.write([process.env.TF_ENABLE_ONEDNN_OPTS, process.env.ONEDNN_MAX_CPU_ISA].join());`;
  const env = { ...process.env, TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'ALL' };
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
  expect(printed).toBe('0,AVX2');
});
