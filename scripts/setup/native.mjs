// @ts-check
/**
 * Our own addons, compiled for this machine's processor: kernels, which register TensorFlow ops, and the decoder of
 * pictures. Where one does not compile, slower code is used instead.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAddon, replace } from './addon.mjs';
import { nativePaths } from './home.mjs';
import { messageOf, run, step } from './report.mjs';

/**
 * @typedef {object} OwnAddon
 * @property {string} name
 * @property {string} title      what set-up says it compiles
 * @property {readonly string[]} folder  of the sources
 * @property {readonly string[]} main  the files to compile, which include the others
 * @property {readonly string[]} options
 * @property {readonly string[]} libraries
 * @property {string} without    what is used instead
 * @property {string} [check]    a script that tries it, given the repository and the addon
 */

/** @type {readonly OwnAddon[]} */
export const ownAddons = [
  {
    name: 'mnv4_kernels',
    title: 'kernels',
    folder: ['src', 'networks', 'tensor', 'native'],
    main: ['ops.cc', 'narrow.cc'],
    options: ['-ffp-contract=fast', '-pthread'],
    libraries: ['-ltensorflow_framework'],
    without: "TensorFlow's own kernels are used, slower",
  },
  {
    name: 'mnv4_images',
    title: 'decoder of pictures',
    folder: ['src', 'data', 'images', 'decode', 'native'],
    main: ['images.cc'],
    // Without contraction, weights have the same bits as in JavaScript; unresolved symbols must fail while loading.
    options: ['-ffp-contract=off', ...(process.platform === 'linux' ? ['-Wl,-z,now'] : [])],
    libraries: ['-ltensorflow', '-ltensorflow_framework'],
    without: 'sharp decodes pictures, slower',
    check: 'verify-images.mjs',
  },
];

/**
 * Options by MNV4_VECTOR, which compiles addons without AVX-512 or without AMX, to measure on one machine what others
 * compute with.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const narrower = { avx2: ['-mno-avx512f'], avx512: ['-mno-amx-bf16'] };
const asked = process.env.MNV4_VECTOR ?? '';
const vector = Object.hasOwn(narrower, asked) ? asked : undefined;

const processorInfo = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';

/** Options that compile for this machine's processor. */
export const processorOptions = [
  '-march=native',
  ...(vector === undefined ? [] : (narrower[vector] ?? [])),
  ...(/^vendor_id\s*: GenuineIntel$/m.test(processorInfo) ? ['-DMNV4_INTEL'] : []),
];

/** A hash of the processor's features, which names its addons; src/core/machine/processor.ts computes the same. */
function processor() {
  const features = /^(?:flags|Features)\s*:(.*)$/m.exec(processorInfo)?.[1] ?? cpus()[0]?.model ?? '';
  return (
    createHash('sha256').update(features.trim()).digest('hex').slice(0, 12) + (vector === undefined ? '' : `-${vector}`)
  );
}

/**
 * The hashes of our addons' sources, library and processor, by name; an addon with another key must be recompiled.
 *
 * @param {string} root
 * @param {string} library  folder of TensorFlow's library
 * @returns {Record<string, string>}
 */
export function nativeKeys(root, library) {
  return Object.fromEntries(ownAddons.map((addon) => [addon.name, keyOf(addon, root, library)]));
}

function keyOf(/** @type {OwnAddon} */ addon, /** @type {string} */ root, /** @type {string} */ library) {
  const key = createHash('sha256').update(`${basename(library)} ${process.platform}-${process.arch} ${processor()}`);
  const folder = join(root, ...addon.folder);
  for (const name of readdirSync(folder).sort()) key.update(name).update(readFileSync(join(folder, name)));
  return key.update(addon.options.join(' ')).digest('hex').slice(0, 16);
}

/**
 * Compiles our addons, unless the cache has them, and puts them next to the one between Node and TensorFlow.
 *
 * @param {string} root
 * @param {string} cache
 * @param {string} library  folder of TensorFlow's library
 */
export async function installNativeAddons(root, cache, library) {
  for (const addon of ownAddons) await installAddon(addon, root, cache, library);
}

/**
 * @param {OwnAddon} addon
 * @param {string} root
 * @param {string} cache
 * @param {string} library
 */
async function installAddon(addon, root, cache, library) {
  const { name, title, check, without } = addon;
  const compiled = join(cache, 'addons', keyOf(addon, root, library), `${name}.node`);
  const installed = join(nativePaths(root).addons, `${name}-${processor()}.node`);
  const options = [
    '-O3',
    ...processorOptions,
    ...addon.options,
    ...addon.main.map((file) => join(root, ...addon.folder, file)),
  ];
  try {
    if (!existsSync(compiled)) {
      await step(`compile the ${title}`, () => compileAddon(root, library, options, addon.libraries, compiled));
    }
    await replace(installed, (path) => copyFile(compiled, path));
    if (check !== undefined) await tried(check, title, root, installed);
  } catch (error) {
    await rm(installed, { force: true });
    process.stderr.write(`set-up: ${without}: ${messageOf(error)}\n`);
  }
}

/**
 * Tries an addon in a child process, so that a crash does not end this one.
 *
 * @param {string} check @param {string} title @param {string} root @param {string} installed
 */
async function tried(check, title, root, installed) {
  const script = fileURLToPath(new URL(check, import.meta.url));
  await step(`check the ${title}`, () => run([process.execPath, script, root, installed], { timeoutMs: 120_000 }));
}
