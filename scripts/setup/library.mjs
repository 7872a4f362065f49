// @ts-check
/**
 * TensorFlow's C library in a folder of the cache: `lib/` with the names that the addon links against and `include/`
 * with the C headers. A folder appears by one rename, so it is complete or absent.
 */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { downloadWheel, findPip } from './download.mjs';
import { megabytes, run, SetupFailure, step } from './report.mjs';
import { unzip } from './zip.mjs';

/** @typedef {import('./pins.mjs').Pin} Pin */

/** The headers that the addon includes, out of the wheel's 13,000. */
const headers =
  /^tensorflow\/include\/((tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/[^/]+\.h|tensorflow\/c\/eager\/[^/]+\.h)$/;
const libraries = /^tensorflow\/(libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib))$/;

/** @param {string} cache @param {string} key  such as linux-x64-cpu @param {Pin} pin */
export const libraryFolder = (cache, key, pin) => join(cache, `tensorflow-${pin.version}-${key}`);

/**
 * The library's folder, from the cache or downloaded into it.
 *
 * @param {string} cache
 * @param {string} key  such as linux-x64-cpu
 * @param {Pin} pin
 */
export async function pinnedLibrary(cache, key, pin) {
  const folder = libraryFolder(cache, key, pin);
  if (isWhole(folder)) return folder;
  await rm(folder, { recursive: true, force: true });
  await demandSpace(cache, pin);
  const wheel = await step(`download TensorFlow ${pin.version} (${megabytes(pin.bytes)})`, (progress) =>
    downloadWheel(pin, join(cache, 'downloads'), progress),
  );
  await step(
    pin.companions ? 'unpack, install CUDA 12 and cuDNN 9 (2.7 GB)' : 'unpack',
    () => assemble(cache, folder, (staging) => unpack(wheel, staging, pin)),
    megabytes,
  );
  await rm(wheel, { force: true });
  return folder;
}

/**
 * A folder of links to the libtensorflow that the user names: `FOLDER/lib` and `FOLDER/include` as in TensorFlow's own
 * archives, or the folder `tensorflow` of an installed Python package.
 *
 * @param {string} cache
 * @param {string} named  value of MNV4_LIBTENSORFLOW
 */
export async function namedLibrary(cache, named) {
  const source = resolve(named);
  const folder = join(cache, `tensorflow-named-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`);
  const places = [join(source, 'lib'), source];
  const lib = places.find((place) => findLibrary(place, 'tensorflow') !== undefined);
  const include = join(source, 'include');
  if (lib === undefined || !existsSync(join(include, 'tensorflow', 'c', 'c_api.h'))) {
    throw new SetupFailure(
      `MNV4_LIBTENSORFLOW=${named}: no libtensorflow in ${places.join(' or ')} with its headers in ${include}`,
      'expected lib/libtensorflow.so.2 (or libtensorflow_cc.so.2), lib/libtensorflow_framework.so.2 and include/tensorflow/c/c_api.h there; unset the variable to have set-up download the library',
    );
  }
  await rm(folder, { recursive: true, force: true });
  await assemble(cache, folder, async (staging) => {
    await mkdir(join(staging, 'lib'));
    for (const file of await readdir(lib)) {
      if (/^libtensorflow.*\.(so|dylib)/.test(file)) await symlink(join(lib, file), join(staging, 'lib', file));
    }
    await symlink(include, join(staging, 'include'));
  });
  return folder;
}

/**
 * Fills a temporary folder, adds the names that linkers look for, and renames it to its final name.
 *
 * @template T
 * @param {string} cache
 * @param {string} folder
 * @param {(staging: string) => Promise<T>} fill
 * @returns {Promise<T>}
 */
async function assemble(cache, folder, fill) {
  const staging = await mkdtemp(join(cache, 'staging-'));
  try {
    const result = await fill(staging);
    const lib = join(staging, 'lib');
    for (const name of ['tensorflow', 'tensorflow_framework']) await addNames(lib, name);
    const files = (await readdir(lib)).map((name) => [name, statSync(join(lib, name)).size]);
    await writeFile(join(staging, 'files.json'), JSON.stringify(Object.fromEntries(files)));
    await chmod(staging, 0o755); // temporary folders are private
    await rename(staging, folder);
    return result;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Links `libtensorflow.so` and `libtensorflow.so.2` to `libtensorflow_cc.so.2`.
 *
 * @param {string} lib @param {string} name
 */
async function addNames(lib, name) {
  const library = findLibrary(lib, name);
  if (library === undefined) throw new Error(`lib${name} is missing`);
  const names = library.endsWith('.dylib') ? ['.dylib', '.2.dylib'] : ['.so', '.so.2'];
  for (const ending of names) {
    const path = join(lib, `lib${name}${ending}`);
    if (!existsSync(path)) await symlink(library, path);
  }
}

/** @param {string} folder @param {string} name @returns {string | undefined} */
function findLibrary(folder, name) {
  const names = [`lib${name}`, `lib${name}_cc`].flatMap((stem) => [`${stem}.so.2`, `${stem}.2.dylib`, `${stem}.so`]);
  return names.find((file) => existsSync(join(folder, file)));
}

/** @param {string} wheel @param {string} staging @param {Pin} pin */
async function unpack(wheel, staging, pin) {
  const bytes = await unzip(wheel, staging, (name) => {
    const library = libraries.exec(name);
    if (library) return `lib/${library[1]}`;
    const header = headers.exec(name);
    return header ? `include/${header[1]}` : undefined;
  });
  if (pin.companions !== undefined) await installCompanions(pin.companions, staging);
  return bytes;
}

/**
 * Installs CUDA's libraries, which TensorFlow finds in `../nvidia/<package>/lib`. Installed and loaded, but not run on
 * a GPU, by us.
 */
async function installCompanions(/** @type {readonly string[]} */ companions, /** @type {string} */ staging) {
  const requirements = join(staging, 'requirements.txt');
  await writeFile(requirements, `${companions.join('\n')}\n`);
  const platforms = ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'];
  await run([
    ...(await findPip()),
    ...['install', '--quiet', '--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--require-hashes'],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    ...['--no-compile', '--no-cache-dir', '--target', staging, '--requirement', requirements],
  ]);
}

/** @param {string} cache @param {Pin} pin */
async function demandSpace(cache, pin) {
  const { bavail, bsize } = await statfs(cache);
  const needed = pin.bytes + pin.unpackedBytes;
  if (bavail * bsize >= needed) return;
  throw new SetupFailure(
    `not enough disk space: TensorFlow needs ${megabytes(needed)} in ${cache}, ${megabytes(bavail * bsize)} are free`,
    'free some space, or set MNV4_CACHE=FOLDER to a folder on another disk',
  );
}

/** True if the folder holds all libraries that `assemble` put there, with their sizes. @param {string} folder */
export function isWhole(folder) {
  try {
    const files = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8'));
    return Object.entries(files).every(([name, size]) => statSync(join(folder, 'lib', name)).size === size);
  } catch {
    return false;
  }
}

/** Removes the temporary folders of interrupted set-ups; call it only while holding the lock. @param {string} cache */
export async function sweep(cache) {
  for (const name of readdirSync(cache)) {
    if (name.startsWith('staging-')) await rm(join(cache, name), { recursive: true, force: true });
  }
}
