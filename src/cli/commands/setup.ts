/** `mnv4-nas setup`: installs what searches need besides the package: native TensorFlow, compiled for this machine. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { defineCommand } from '#cli/arguments/command-spec';
import { runSetUp } from '#cli/process/set-up';
import { Failure } from '#core/failure';
import { packageRoot } from '#core/files/package-folder';

export const setup = defineCommand({
  description:
    "download native TensorFlow (0.3 GB, 0.9 GB on disk) into the cache and compile the addons for this machine's processor; does nothing if they are in place",
  arguments: [],
  options: [
    { flag: '--gpu', description: 'TensorFlow with CUDA 12 and cuDNN 9 (3.3 GB, 6 GB on disk)' },
    { flag: '--cpu', description: 'TensorFlow without CUDA (default, unless the last set-up chose otherwise)' },
    { flag: '--rebuild', description: 'discard the cached library and addons first' },
    { flag: '--onnx', description: 'also ONNX Runtime (114 MB), for ONNX teachers, measuring and checks of exports' },
    { flag: '--litert', description: 'also LiteRT (160 MB, needs Python 3.11 or later with venv), for the same' },
  ],
  examples: ['mnv4-nas setup', 'mnv4-nas setup --onnx --litert', 'mnv4-nas setup --gpu --rebuild'],
  async run(_, { gpu, cpu, rebuild, onnx, litert }) {
    if (gpu && cpu) throw new Failure('usage', 'expected --gpu or --cpu; got both');
    const flags = { '--gpu': gpu, '--cpu': cpu, '--rebuild': rebuild, '--onnx': onnx };
    await runSetUp(Object.keys(flags).filter((flag) => flags[flag as keyof typeof flags]));
    if (litert) installLitert();
    return { text: () => 'ready; `mnv4-nas doctor` tells more' };
  },
});

/** Installs LiteRT in a Python environment in the cache; its program tells what is wrong. */
function installLitert(): void {
  const program = join(packageRoot, 'scripts', 'python', 'install-litert.mjs');
  const { status } = spawnSync(process.execPath, [program], { stdio: ['ignore', 2, 'inherit'] });
  if (status !== 0) throw new Failure('backend', []);
}
