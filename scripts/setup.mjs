#!/usr/bin/env node
// @ts-check
/**
 * Makes a clone ready to run: packages, native TensorFlow, the build. Silent and quick when everything is in place.
 * Uses only Node's built-in modules, because it runs before any package is installed. In an installed package it is the
 * program of `mnv4-nas setup`, and adds native TensorFlow only.
 *
 * The published `@tensorflow/tfjs-node-gpu` can no longer install itself (its download has answered 403 since August
 * 2026), so its addon is compiled here against the library of TensorFlow's Python wheel.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const help = `Usage: node scripts/setup.mjs [--gpu | --cpu] [--rebuild] [--onnx]

Installs packages, native TensorFlow and the build; does nothing if they are in place.

  --gpu      TensorFlow with CUDA 12 and cuDNN 9 (Linux x86-64, an NVIDIA driver; 3.3 GB to download,
             6 GB on disk; not yet run on a GPU by the authors)
  --cpu      TensorFlow without CUDA (the default, unless the last set-up chose otherwise)
  --rebuild  discard the cached library and addon first
  --onnx     also ONNX Runtime in the cache (114 MB); a clone has it among its packages
  --plan     print what would be downloaded as JSON, and do nothing

Environment: MNV4_CACHE            folder for the library (default: ~/.cache/mnv4-nas)
             MNV4_LIBTENSORFLOW    a libtensorflow to use instead, with FOLDER/lib and FOLDER/include
             CXX                   C++ compiler
Exit codes:  0 ready, 2 wrong usage, 5 not ready (standard error says what to do)
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { env } = process;

async function main() {
  const flags = new Set(process.argv.slice(2));
  if (flags.has('--help') || flags.has('-h')) return void process.stdout.write(help);
  const unknown = [...flags].find((flag) => !['--gpu', '--cpu', '--rebuild', '--onnx', '--plan'].includes(flag));
  if (unknown !== undefined || (flags.has('--gpu') && flags.has('--cpu'))) {
    process.stderr.write(
      `set-up: ${unknown ? `unknown option ${unknown}` : '--gpu and --cpu exclude each other'}\n\n${help}`,
    );
    process.exitCode = 2;
    return;
  }
  const flavour = flags.has('--gpu') ? 'gpu' : flags.has('--cpu') ? 'cpu' : undefined;
  const { cacheFolder } = await import('./setup/cache.mjs');
  const { setUp, planOf } = await import('./setup/set-up.mjs');
  const named = env['MNV4_LIBTENSORFLOW'] || undefined;
  const [rebuild, onnx] = [flags.has('--rebuild'), flags.has('--onnx')];
  /** @type {import('./setup/set-up.mjs').Options} */
  const options = { root, cache: cacheFolder(env), named, flavour, rebuild, onnx };
  if (flags.has('--plan')) return void process.stdout.write(`${JSON.stringify(planOf(options))}\n`);
  await setUp(options);
}

/** The message for an error. @param {any} error  a SetupFailure, a file system error, or a bug */
function explain(error) {
  const full = ['ENOSPC', 'EDQUOT'].includes(error.code);
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(error.code);
  const advice =
    error.remedy ??
    (full ? 'free some disk space, or set MNV4_CACHE=FOLDER to a folder on another disk' : undefined) ??
    (denied ? 'make that folder writable, or set MNV4_CACHE=FOLDER to one that is' : undefined);
  if (advice === undefined) return `set-up: ${error.stack}\n`; // unforeseen: the trace belongs in a bug report
  const tried = (error.attempts ?? []).map((/** @type {string} */ attempt) => `  tried ${attempt}\n`).join('');
  return `set-up: ${error.message}\n${tried}  what to do: ${advice}\n`;
}

if (Number.parseInt(process.versions.node, 10) < 20) {
  process.stderr.write(`set-up: Node ${process.versions.node} is too old\n  what to do: install Node 20 or later\n`);
  process.exitCode = 5;
} else {
  await main().catch((error) => {
    process.stderr.write(explain(error));
    process.exitCode = 5;
  });
}
