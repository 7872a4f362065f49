// @ts-check
/** Where native code lies; follows the rules of src/core/files/package-folder.ts, which is not built yet in a clone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from './cache.mjs';

const nodeApiVersion = '8';

/** True for a package that npm or the like installed, false for a clone or a copy of it. @param {string} root */
export const isInstalledPackage = (root) => basename(dirname(root)) === 'node_modules';

/** The folder that set-up fills. @param {string} root  of the repository or package */
export function nativeFolder(root) {
  if (!isInstalledPackage(root)) return join(root, 'native');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(cacheFolder(process.env), 'native', `${version}-${process.platform}-${process.arch}`);
}

/** @param {string} root  of the repository or package */
export function nativePaths(root) {
  const folder = nativeFolder(root);
  const addons = join(folder, 'lib', `napi-v${nodeApiVersion}`);
  return {
    folder,
    deps: join(folder, 'deps'),
    onnxRuntime: join(folder, 'onnxruntime'),
    addons,
    addon: join(addons, 'tfjs_binding.node'),
    stamp: join(folder, 'set-up.json'),
  };
}

/** C++ sources of TensorFlow.js's addon: of the development dependency, or the copy in a package. @param {string} root */
export function bindingFolder(root) {
  return isInstalledPackage(root)
    ? join(root, 'dist', 'binding')
    : join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'binding');
}

/** Headers of Node's stable API. @param {string} root */
export function nodeHeaders(root) {
  return join(dirname(createRequire(join(root, 'package.json')).resolve('node-api-headers/package.json')), 'include');
}

export { nodeApiVersion };
