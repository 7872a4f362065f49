// @ts-check
/** The steps of set-up in order; each is skipped if its result is in place. */
import { constants } from 'node:fs';
import { access, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { builtAddon, link, packagePaths, readStamp, verify, writeStamp } from './addon.mjs';
import { isWhole, namedLibrary, pinnedLibrary, sweep } from './library.mjs';
import { withLock } from './lock.mjs';
import { installNativeAddons, nativeKeys } from './native.mjs';
import { build, installPackages, packagesAreCurrent } from './packages.mjs';
import { pins, tensorflowVersion } from './pins.mjs';
import { messageOf, run, SetupFailure, step } from './report.mjs';

/**
 * @typedef {object} Options
 * @property {string} root      of the repository
 * @property {string} cache     folder for the library, outside the clone
 * @property {string | undefined} named  the user's libtensorflow
 * @property {'cpu' | 'gpu' | undefined} flavour  undefined: that of the last set-up, or else cpu
 * @property {boolean} rebuild
 */

/** @param {Options} options */
export async function setUp(options) {
  if (!options.rebuild && packagesAreCurrent(options.root) && nativeIsReady(options)) return build(options.root);
  await makeCache(options.cache);
  await withLock(join(options.cache, 'set-up.lock'), async () => {
    await installPackages(options.root);
    if (options.rebuild || !nativeIsReady(options)) await installNative(options);
    await build(options.root);
  });
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
  const library =
    named === undefined ? await libraryOrInstaller(root, cache, flavour) : await namedLibrary(cache, named);
  await link(root, library, await builtAddon(root, cache, library));
  await installNativeAddons(root, cache, library);
  const verified = await step('check', () => verify(root), describe);
  if (named === undefined && library !== packagePaths(root).deps && verified.tensorflow !== tensorflowVersion) {
    throw new SetupFailure(
      `TensorFlow ${verified.tensorflow} runs instead of ${tensorflowVersion}`,
      'run `node scripts/setup.mjs --rebuild`',
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

/** @param {string} root @param {string} cache @param {string} flavour */
async function libraryOrInstaller(root, cache, flavour) {
  const key = `${process.platform}-${process.arch}-${flavour}`;
  const pin = pins[key];
  if (pin === undefined) throw unsupported(key);
  if (isMusl()) {
    throw new SetupFailure(
      'TensorFlow needs glibc, and this system has musl (Alpine)',
      'use a Debian-based image or system, such as node:22-bookworm',
    );
  }
  try {
    return await pinnedLibrary(cache, key, pin);
  } catch (error) {
    if (!(error instanceof SetupFailure) || error.attempts.length === 0) throw error;
    return await ownInstaller(root, flavour, error);
  }
}

/**
 * Runs the package's own installer as a last resort, which honours mirrors (TFJS_NODE_BASE_URI, TFJS_NODE_CDN_STORAGE).
 *
 * @param {string} root
 * @param {string} flavour
 * @param {SetupFailure} before  why the pinned library is missing
 */
async function ownInstaller(root, flavour, before) {
  const { folder, deps } = packagePaths(root);
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  await rm(deps, { recursive: true, force: true }); // a link into the cache; the installer wants a folder
  try {
    await run([process.execPath, 'scripts/install.js', flavour, 'download'], { cwd: folder, env, timeoutMs: 600_000 });
    return deps;
  } catch (error) {
    const attempts = [...before.attempts, `the installer of @tensorflow/tfjs-node-gpu: ${messageOf(error)}`];
    throw new SetupFailure(before.message, before.remedy, attempts);
  }
}

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
