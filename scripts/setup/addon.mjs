// @ts-check
/**
 * The addon between Node and TensorFlow: two C++ files of TensorFlow.js, compiled against Node's stable API
 * (Node-API 8), so that one build serves every version of Node. Kept in the cache, copied to the native folder.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindingFolder, nativePaths, nodeApiVersion, nodeHeaders } from './home.mjs';
import { messageOf, run, SetupFailure, step } from './report.mjs';

const verifyTimeoutMs = 120_000;

/** @typedef {{ tensorflow: string, gpu: boolean }} Verified */

/**
 * Path of the compiled addon in the cache; compiles it if it is missing.
 *
 * @param {string} root
 * @param {string} cache
 * @param {string} library  folder of TensorFlow's library
 */
export async function builtAddon(root, cache, library) {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(bindingFolder(root), name));
  const key = createHash('sha256').update(basename(library)).update(`${process.platform}-${process.arch}`);
  for (const source of sources) key.update(readFileSync(source));
  const addon = join(cache, 'addons', key.digest('hex').slice(0, 16), 'tfjs_binding.node');
  const options = ['-O2', '-w', ...sources];
  const libraries = ['-ltensorflow', '-ltensorflow_framework'];
  if (!existsSync(addon)) {
    await step('compile the addon', () => compileAddon(root, library, options, libraries, addon));
  }
  return addon;
}

/**
 * Compiles sources against TensorFlow's headers and Node's.
 *
 * @param {string} root
 * @param {string} library             folder of TensorFlow's library
 * @param {readonly string[]} options  of the compiler, with the sources
 * @param {readonly string[]} libraries
 * @param {string} addon               the file to make; finds the library at the relative path at which `link` puts it
 */
export async function compileAddon(root, library, options, libraries, addon) {
  const partial = `${addon}.${process.pid}`;
  await mkdir(dirname(addon), { recursive: true });
  const platform = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-Wl,--allow-shlib-undefined'];
  const origin = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const all = [
    ...['-shared', '-fPIC', '-std=c++17', `-DNAPI_VERSION=${nodeApiVersion}`],
    ...[nodeHeaders(root), join(library, 'include')].map((include) => `-I${include}`),
    ...options,
    ...[`-L${join(library, 'lib')}`, ...libraries],
    ...[`-Wl,-rpath,${origin}/../../deps/lib`, ...platform, '-o', partial],
  ];
  try {
    await run([...(await findCompiler()), ...all]);
    await rename(partial, addon);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(
      `${basename(addon)} does not compile: ${messageOf(error)}`,
      'a C++17 compiler with its standard library is needed (GCC 9, Clang 10 or later); CXX=COMMAND names another one',
    );
  }
}

async function findCompiler() {
  const named = process.env['CXX']?.split(' ').filter(Boolean);
  const candidates = named?.length ? [named] : [['c++'], ['g++'], ['clang++']];
  /** @type {string[]} */
  const attempts = [];
  for (const command of candidates) {
    try {
      await run([...command, '--version']);
      return command;
    } catch (error) {
      attempts.push(`${command.join(' ')}: ${messageOf(error)}`);
    }
  }
  throw new SetupFailure(
    'no C++ compiler',
    'install one (Debian, Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install)',
    attempts,
  );
}

/**
 * Points the native folder at the library and the addon.
 *
 * @param {string} root @param {string} library @param {string} addon
 */
export async function link(root, library, addon) {
  const paths = nativePaths(root);
  await mkdir(paths.addons, { recursive: true });
  await replace(paths.deps, (path) => symlink(library, path));
  await replace(paths.addon, (path) => copyFile(addon, path));
}

/** @param {string} path @param {(path: string) => Promise<void>} make */
export async function replace(path, make) {
  const temporary = `${path}.${process.pid}`;
  await make(temporary);
  await rename(temporary, path);
}

/**
 * Computes a matrix product in a child process, so that a crash of the library does not end this one.
 *
 * @param {string} root
 * @returns {Promise<Verified>}
 */
export async function verify(root) {
  const script = fileURLToPath(new URL('verify.mjs', import.meta.url));
  try {
    const output = await run([process.execPath, script, root], { timeoutMs: verifyTimeoutMs });
    return JSON.parse(output.slice(output.lastIndexOf('{')));
  } catch (error) {
    throw new SetupFailure(
      `native TensorFlow is installed but does not run: ${messageOf(error)}`,
      remedyFor(messageOf(error)),
    );
  }
}

/** @param {string} message */
function remedyFor(message) {
  if (/SIGILL/.test(message))
    return 'this processor lacks AVX, which TensorFlow needs; use another machine or your own libtensorflow (MNV4_LIBTENSORFLOW)';
  if (/GLIBC/.test(message))
    return 'this system is too old for the library: glibc 2.27 and libstdc++ of GCC 9 or later are needed';
  return 'run set-up again with --rebuild, which discards the cached library and addon; if that fails too, report the message above';
}

/** The record of the last set-up; undefined if its addon is no longer in place. @param {string} root */
export function readStamp(root) {
  const paths = nativePaths(root);
  try {
    const stamp = JSON.parse(readFileSync(paths.stamp, 'utf8'));
    const { size, mtimeMs } = statSync(paths.addon);
    return stamp.addon === `${size} ${mtimeMs}` && stamp.machine === machine() ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} root @param {object} facts */
export async function writeStamp(root, facts) {
  const paths = nativePaths(root);
  const { size, mtimeMs } = statSync(paths.addon);
  const stamp = JSON.stringify({ ...facts, addon: `${size} ${mtimeMs}`, machine: machine() });
  await replace(paths.stamp, (path) => writeFile(path, stamp));
}

const machine = () => `${process.platform}-${process.arch}`;
