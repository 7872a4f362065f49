// @ts-check
/**
 * Our own kernels (src/networks/tensor/native), compiled for this machine's processor as an addon that registers them
 * as TensorFlow ops. If they do not compile, TensorFlow's slower kernels are used.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { compileAddon, packagePaths } from './addon.mjs';
import { messageOf, step } from './report.mjs';

/** A hash of the processor's features, which names its kernels; src/networks/tensor/tensorflow.ts computes the same. */
function processor() {
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const features = /^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1] ?? cpus()[0]?.model ?? '';
  return createHash('sha256').update(features.trim()).digest('hex').slice(0, 12);
}

/** The path of the kernels for this processor, next to the addon. @param {string} root */
export function kernelsPath(root) {
  return join(packagePaths(root).addon, '..', `mnv4_kernels-${processor()}.node`);
}

/**
 * A hash of the kernels' sources, library and processor; kernels with another key must be recompiled.
 *
 * @param {string} root
 * @param {string} library  folder of TensorFlow's library
 */
export function kernelsKey(root, library) {
  const key = createHash('sha256').update(`${basename(library)} ${process.platform}-${process.arch} ${processor()}`);
  const folder = sourceFolder(root);
  for (const name of readdirSync(folder).sort()) key.update(name).update(readFileSync(join(folder, name)));
  return key.digest('hex').slice(0, 16);
}

const sourceFolder = (/** @type {string} */ root) => join(root, 'src', 'networks', 'tensor', 'native');

/**
 * Path of the compiled kernels in the cache; undefined if they do not compile.
 *
 * @param {string} root
 * @param {string} cache
 * @param {string} library  folder of TensorFlow's library
 * @returns {Promise<string | undefined>}
 */
export async function builtKernels(root, cache, library) {
  const kernels = join(cache, 'addons', kernelsKey(root, library), 'mnv4_kernels.node');
  if (existsSync(kernels)) return kernels;
  const options = ['-O3', '-march=native', '-ffp-contract=fast', '-pthread', join(sourceFolder(root), 'ops.cc')];
  try {
    await step('compile the kernels', () => compileAddon(root, library, options, ['-ltensorflow_framework'], kernels));
    return kernels;
  } catch (error) {
    process.stderr.write(`set-up: TensorFlow's own kernels are used, slower: ${messageOf(error)}\n`);
    return undefined;
  }
}
