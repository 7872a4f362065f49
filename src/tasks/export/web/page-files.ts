/** Lists what a web export needs besides its model: the page's modules and the browser builds of the runtimes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileContent } from '#core/files/whole-folder';

const { resolve } = createRequire(import.meta.url);

/** The repository: the page's modules are the build's, even when the source runs. */
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Modules and styles of `page/`, and modules of the program that they import, as a browser finds them. */
const modules = {
  'page-script.js': 'tasks/export/web/page/page-script.js',
  'picture.js': 'tasks/export/web/page/picture.js',
  'scores.js': 'tasks/export/web/page/scores.js',
  'sessions.js': 'tasks/export/web/page/sessions.js',
  'timing.js': 'tasks/export/web/page/timing.js',
  'theme.css': 'core/page-theme.css',
  'page.css': 'tasks/export/web/page/page.css',
  'images/fit.js': 'data/images/fit.js',
  'images/augment/resample.js': 'data/images/augment/resample.js',
  'images/augment/antialias.js': 'data/images/augment/antialias.js',
};

/** Builds that are copied from packages, byte for byte. */
const builds = {
  'libraries/tfjs': {
    '@tensorflow/tfjs-backend-wasm': [
      'dist/tf-backend-wasm.es2017.min.js',
      'dist/tfjs-backend-wasm.wasm',
      'dist/tfjs-backend-wasm-simd.wasm',
    ],
  },
  // for one thread: several need headers that static servers do not send; the second for browsers without relaxed SIMD
  'libraries/litert': {
    '@litertjs/core': [
      'wasm/litert_wasm_internal.js',
      'wasm/litert_wasm_internal.wasm',
      'wasm/litert_wasm_compat_internal.js',
      'wasm/litert_wasm_compat_internal.wasm',
    ],
    '@litertjs/wasm-utils': ['dist/index.js'],
  },
};

/** TensorFlow.js for browsers, which the build copies, since its package is 141 MB and nothing else of it is needed. */
const tfjsBuild = 'libraries/tfjs/tf.es2017.min.js';

/** Returns the page's modules and the runtimes. */
export function pageFiles(): FileContent[] {
  const own = Object.entries(modules).map(([name, path]) => ({ name: `page/${name}`, content: pageModule(path) }));
  const copied = Object.entries(builds).flatMap(([folder, packages]) =>
    Object.entries(packages).flatMap(([name, files]) => {
      return files.map((file) => ({ name: `${folder}/${fileName(name, file)}`, content: [bytesIn(name, file)] }));
    }),
  );
  return [
    ...own,
    { name: tfjsBuild, content: [readFileSync(join(root, 'dist', tfjsBuild))] },
    ...copied,
    { name: 'libraries/litert/litert.js', content: litertModule() },
    { name: 'libraries/LICENSE', content: [readFileSync(join(root, 'LICENSE'))] },
  ];
}

/** Name and version of each library. */
export function libraryVersions(): string[] {
  const titles = { '@tensorflow/tfjs-core': 'TensorFlow.js', '@litertjs/core': 'LiteRT.js' };
  return Object.entries(titles).map(([name, title]) => {
    const { version } = JSON.parse(bytesIn(name, 'package.json').toString()) as { readonly version: string };
    return `${title} ${version}`;
  });
}

/** A module of the build or its style; what it imports from `src/data` lies next to it in the export. */
function pageModule(path: string): string {
  const text = readFileSync(join(root, 'dist', path), 'utf8');
  return text
    .replace(/^\/\/# sourceMappingURL.*$/m, '')
    .replaceAll(/(?<=^import .* from ')#data\/(.*)(?=';$)/gm, './$1.js');
}

/** LiteRT's module, which imports another package by its name; a browser needs its address. */
function litertModule(): string {
  const text = bytesIn('@litertjs/core', 'dist/index.js').toString();
  const parts = text.split('from "@litertjs/wasm-utils"');
  if (parts.length !== 2) throw new Error('@litertjs/core: expected one import of @litertjs/wasm-utils');
  return `// Changed by mnv4-nas: imports ./wasm-utils.js instead of @litertjs/wasm-utils.\n${parts.join('from "./wasm-utils.js"')}`;
}

/** The name of a package's file in an export: modules that are all called `index.js` have the package's. */
function fileName(name: string, file: string): string {
  return basename(file) === 'index.js' ? `${basename(name)}.js` : basename(file);
}

function bytesIn(name: string, file: string): Buffer {
  return readFileSync(resolve(`${name}/${file}`));
}
