#!/usr/bin/env node
// Makes THIRD-PARTY.md, the licences of all that an installation brings, from package-lock.json:
//   node scripts/docs/third-party.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { litertEnvironment } from '#data/runtimes/litert';
import { onnxRuntime, tensorflowVersion } from '../setup/pins.mjs';
import { table } from './page.mjs';

/** Packages whose package.json names no licence, with that of the LICENSE file in them. */
const told = { 'json-bignum': 'MIT' };

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Name, version and licence of every package that npm installs with this one, those for single platforms included. */
export function shippedPackages(lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'))) {
  const entries = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const rows = entries.map(([path, { version, license, optional }]) => {
    const name = path.replace(/^.*node_modules\//, '');
    return { name, version, license: license ?? told[name] ?? 'unknown', isOptional: optional === true };
  });
  const unique = new Map(rows.map((row) => [`${row.name}@${row.version}`, row]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const fetched = [
  ['TensorFlow (C++ library and C headers of the Python wheel)', tensorflowVersion, 'Apache-2.0', 'set-up, first use'],
  ['CUDA and cuDNN (`nvidia-*-cu12` wheels)', '12, 9', 'NVIDIA Software License Agreements', '`setup --gpu`'],
  ['ONNX Runtime', onnxRuntime.version, 'MIT', '`setup --onnx`'],
  [
    'LiteRT (`ai-edge-litert`) and NumPy',
    Object.values(litertEnvironment().pins).join(', '),
    'Apache-2.0, BSD-3-Clause',
    '`setup --litert`',
  ],
];

export function thirdPartyPage() {
  const packages = shippedPackages();
  const locked = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const versionOf = (name) => locked[`node_modules/@tensorflow/${name}`].version;
  const rows = packages.map(({ name, version, license, isOptional }) => [
    isOptional ? `${name} (some platforms)` : name,
    version,
    license,
  ]);
  return `# Third-party software

mnv4-nas is licensed under Apache-2.0 (LICENSE). Made by \`node scripts/docs/third-party.mjs\` from package-lock.json;
\`npm sbom --sbom-format cyclonedx --omit dev\` prints a bill of materials in CycloneDX.

## In the package
\`dist/binding/\` holds the C++ sources of TensorFlow.js's addon for Node, from @tensorflow/tfjs-node-gpu
${versionOf('tfjs-node-gpu')}, and \`dist/libraries/tfjs/\` its build for browsers, from @tensorflow/tfjs ${versionOf('tfjs')}, unchanged:
copyright Google LLC, Apache-2.0.

## Fetched on request
${table(['software', 'version', 'licence', 'when'], fetched)}

## Installed by npm
${packages.length} packages, those for single platforms included. libvips, inside sharp's packages for each platform, is a shared library
under LGPL-3.0-or-later, which may be replaced by another build.

${table(['package', 'version', 'licence'], rows)}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(at('THIRD-PARTY.md'), thirdPartyPage());
