// @ts-check
/**
 * ONNX Runtime in the cache, for packages that are installed without it: as a dependency, its install script would
 * download CUDA libraries of 200 MB that are not used here. Only the files of this platform are kept.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replace } from './addon.mjs';
import { nativePaths } from './home.mjs';
import { npm } from './packages.mjs';
import { onnxRuntime } from './pins.mjs';
import { messageOf, SetupFailure, step } from './report.mjs';

/** Installs it in the cache unless it is there, and links the native folder to it. @param {string} root @param {string} cache */
export async function installOnnxRuntime(root, cache) {
  const { version } = onnxRuntime;
  const folder = join(cache, `onnxruntime-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(folder)) {
    await step(`download ONNX Runtime ${version} (114 MB)`, () => assemble(cache, folder));
  }
  const { folder: native, onnxRuntime: place } = nativePaths(root);
  await mkdir(native, { recursive: true });
  await replace(place, (path) => symlink(folder, path));
}

/** @param {string} cache @param {string} folder */
async function assemble(cache, folder) {
  const staging = await mkdtemp(join(cache, 'staging-'));
  try {
    await writeFile(join(staging, 'package.json'), '{ "private": true }\n');
    await npm(staging, ['install', '--no-package-lock', `onnxruntime-node@${onnxRuntime.version}`]);
    check(staging);
    await keepPlatform(join(staging, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6'));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(
      'ONNX Runtime could not be installed',
      'check the network and the npm registry (npm ping), and free disk space',
      [`npm install onnxruntime-node: ${messageOf(error)}`],
    );
  }
}

/** Compares the checksums that npm verified with ours. @param {string} folder */
function check(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
  for (const [name, wanted] of Object.entries(onnxRuntime.integrity)) {
    const found = packages[`node_modules/${name}`]?.integrity;
    if (found !== wanted) throw new Error(`checksum mismatch of ${name}: expected ${wanted}, got ${found}`);
  }
}

/** Removes the libraries of other platforms, four fifths of the package. @param {string} bin */
async function keepPlatform(bin) {
  for (const platform of await readdir(bin)) {
    for (const arch of await readdir(join(bin, platform))) {
      if (platform === process.platform && arch === process.arch) continue;
      await rm(join(bin, platform, arch), { recursive: true });
    }
  }
}
