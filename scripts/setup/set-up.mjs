// @ts-check
/** The steps of set-up in order; each is skipped if its result is in place. */
import { constants } from 'node:fs';
import { access, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { builtAddon, link, readStamp, verify, writeStamp } from './addon.mjs';
import { isInstalledPackage } from './home.mjs';
import { isWhole, libraryFolder, namedLibrary, pinnedLibrary, sweep } from './library.mjs';
import { withLock } from './lock.mjs';
import { installNativeAddons, nativeKeys } from './native.mjs';
import { installOnnxRuntime } from './onnx-runtime.mjs';
import { build, installPackages, packagesAreCurrent } from './packages.mjs';
import { pins, tensorflowVersion } from './pins.mjs';
import { messageOf, SetupFailure, step } from './report.mjs';

/**
 * @typedef {object} Options
 * @property {string} root      of the repository or the installed package
 * @property {string} cache     folder for the library, outside the clone
 * @property {string | undefined} named  the user's libtensorflow
 * @property {'cpu' | 'gpu' | undefined} flavour  undefined: that of the last set-up, or else cpu
 * @property {boolean} rebuild
 * @property {boolean} onnx     also ONNX Runtime
 */

/** An installed package has its packages and its build. @param {Options} options */
export async function setUp(options) {
  const { root, rebuild, onnx } = options;
  const isClone = !isInstalledPackage(root);
  if (!rebuild && !onnx && (!isClone || packagesAreCurrent(root)) && nativeIsReady(options)) {
    return isClone ? build(root) : undefined;
  }
  await makeCache(options.cache);
  await withLock(join(options.cache, 'set-up.lock'), async () => {
    if (isClone) await installPackages(root);
    if (rebuild || !nativeIsReady(options)) await installNative(options);
    if (onnx) await installOnnxRuntime(root, options.cache);
    if (isClone) await build(root);
  });
}

/**
 * Tells what set-up would download for native TensorFlow, without doing anything.
 *
 * @param {Options} options
 */
export function planOf(options) {
  const { root, cache, named } = options;
  const flavour = options.flavour ?? readStamp(root)?.flavour ?? 'cpu';
  const pin = pins[keyOf(flavour)];
  const folder = pin && libraryFolder(cache, keyOf(flavour), pin);
  return {
    isReady: nativeIsReady(options),
    needsDownload: named === undefined && (folder === undefined || !isWhole(folder)),
    package: pin && `${pin.package} ${pin.version}`,
    downloadBytes: pin?.bytes,
    diskBytes: pin?.unpackedBytes,
    folder,
  };
}

/** @param {string} cache */
async function makeCache(cache) {
  try {
    await makeFolders(resolve(cache));
    await access(cache, constants.W_OK);
  } catch (error) {
    throw new SetupFailure(
      `the cache folder cannot be written: ${messageOf(error)}`,
      'set MNV4_CACHE=FOLDER to one that can',
    );
  }
}

/** Makes a folder and its parents; Node's own recursion can hang. @param {string} folder */
async function makeFolders(folder, withParents = true) {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || !withParents || dirname(folder) === folder) throw error;
    await makeFolders(dirname(folder));
    await makeFolders(folder, false);
  }
}

/** True if the requested library was set up and verified before; without a request, either flavour will do. */
function nativeIsReady(/** @type {Options} */ { root, named, flavour }) {
  const stamp = readStamp(root);
  if (stamp === undefined || !isWhole(stamp.library)) return false;
  if (JSON.stringify(stamp.native) !== JSON.stringify(nativeKeys(root, stamp.library))) return false;
  if (named !== undefined) return stamp.named === resolve(named);
  return flavour === undefined || (stamp.named === undefined && stamp.flavour === flavour);
}

/** @param {Options} options */
async function installNative(options) {
  const { root, cache, named } = options;
  const flavour = options.flavour ?? readStamp(root)?.flavour ?? 'cpu';
  await sweep(cache);
  if (options.rebuild) await discard(cache, flavour);
  const library = named === undefined ? await knownLibrary(cache, flavour) : await namedLibrary(cache, named);
  await link(root, library, await builtAddon(root, cache, library));
  await installNativeAddons(root, cache, library);
  const verified = await step('check', () => verify(root), describe);
  if (named === undefined && verified.tensorflow !== tensorflowVersion) {
    throw new SetupFailure(
      `TensorFlow ${verified.tensorflow} runs instead of ${tensorflowVersion}`,
      'run set-up again with --rebuild',
    );
  }
  if (flavour === 'gpu' && !verified.gpu) {
    process.stderr.write('set-up: no usable GPU was found (does nvidia-smi work?); until then the CPU computes\n');
  }
  await writeStamp(root, {
    library,
    native: nativeKeys(root, library),
    flavour,
    named: named && resolve(named),
    ...verified,
  });
}

/** @param {import('./addon.mjs').Verified} verified */
const describe = ({ tensorflow, gpu }) => `TensorFlow ${tensorflow} on the ${gpu ? 'GPU' : 'CPU'}`;

/** @param {string} cache @param {string} flavour */
async function discard(cache, flavour) {
  const library = `tensorflow-${tensorflowVersion}-${process.platform}-${process.arch}-${flavour}`;
  for (const name of [library, 'addons', 'downloads']) await rm(join(cache, name), { recursive: true, force: true });
}

/** @param {string} cache @param {string} flavour */
async function knownLibrary(cache, flavour) {
  const key = keyOf(flavour);
  const pin = pins[key];
  if (pin === undefined) throw unsupported(key);
  if (isMusl()) {
    throw new SetupFailure(
      'TensorFlow needs glibc, and this system has musl (Alpine)',
      'use a Debian-based image or system, such as node:22-bookworm',
    );
  }
  return await pinnedLibrary(cache, key, pin);
}

/** @param {string} flavour */
const keyOf = (flavour) => `${process.platform}-${process.arch}-${flavour}`;

/** @param {string} key */
function unsupported(key) {
  const known = Object.keys(pins).join(', ');
  return new SetupFailure(
    `no TensorFlow library is known for ${key} (known: ${known})`,
    process.platform === 'win32'
      ? 'use Linux under WSL 2'
      : 'set MNV4_LIBTENSORFLOW=FOLDER to a libtensorflow that you built (FOLDER/lib, FOLDER/include)',
  );
}

function isMusl() {
  if (process.platform !== 'linux') return false;
  const report = /** @type {any} */ (process.report.getReport());
  return report.header.glibcVersionRuntime === undefined;
}
