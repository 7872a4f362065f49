#!/usr/bin/env node
// @ts-check
// Removes from dist/ what has no source any more, and adds what the compiler does not write: the styles of pages, shell
// functions, the C++ sources of TensorFlow.js's addon, which an installed package compiles, its build for browsers, which
// web exports contain, and the declarations of the library. Run by the build.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindingFolder } from './home.mjs';

const plainFiles = [
  'core/page-theme.css',
  'tasks/report/run/page/report.css',
  'tasks/report/serve/page/serve.css',
  'tasks/export/web/page/page.css',
  'cli/completion/completion.bash',
  'cli/completion/completion.zsh',
  'cli/completion/completion.fish',
];

/** @param {string} root  the repository */
export async function addDistFiles(root) {
  removeOrphans(root);
  for (const file of plainFiles) copy(join(root, 'src', file), join(root, 'dist', file));
  const binding = bindingFolder(root);
  for (const file of readdirSync(binding)) copy(join(binding, file), join(root, 'dist', 'binding', file));
  copy(
    join(root, 'node_modules/@tensorflow/tfjs/dist/tf.es2017.min.js'),
    join(root, 'dist/libraries/tfjs/tf.es2017.min.js'),
  );
  await declareLibrary(join(root, 'src', 'library'), join(root, 'dist', 'library'));
}

/** Removes compiled files whose source is gone, which would be packed. @param {string} root */
function removeOrphans(root) {
  const dist = join(root, 'dist');
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = join(root, 'src', file.replace(/\.js(\.map)?$/, '.ts'));
    if (/\.js(\.map)?$/.test(file) && !existsSync(source)) rmSync(join(dist, file));
  }
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/**
 * Writes the declarations of the library's public files, each from that file alone: public types name only each other, so
 * that no declaration of the internals is shipped. A file whose declarations import internals is not public.
 *
 * @param {string} from @param {string} to
 */
async function declareLibrary(from, to) {
  const { default: ts } = await import('typescript');
  const compilerOptions = { declaration: true, isolatedDeclarations: true, target: ts.ScriptTarget.ES2022 };
  for (const fileName of readdirSync(from)) {
    const source = readFileSync(join(from, fileName), 'utf8');
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
      fileName,
      reportDiagnostics: true,
      compilerOptions,
    });
    const [mistake] = diagnostics;
    if (mistake !== undefined)
      throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(mistake.messageText, ' ')}`);
    if (!/from '#/.test(outputText)) writeFileSync(join(to, fileName.replace(/\.ts$/, '.d.ts')), outputText);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await addDistFiles(dirname(dirname(import.meta.dirname)));
