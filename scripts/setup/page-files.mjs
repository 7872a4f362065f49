#!/usr/bin/env node
// @ts-check
// Copies the files of src/ that are neither compiled nor loaded by Node to dist/: the style of pages,
// and shell functions. Run by the build.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const files = [
  'core/page-theme.css',
  'tasks/report/run/page/report.css',
  'tasks/report/serve/page/serve.css',
  'tasks/export/web/page/page.css',
  'cli/completion/completion.bash',
  'cli/completion/completion.zsh',
  'cli/completion/completion.fish',
];

/** @param {string} root  the repository */
export function copyPageFiles(root) {
  for (const file of files) {
    const to = join(root, 'dist', file);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(root, 'src', file), to);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) copyPageFiles(dirname(dirname(import.meta.dirname)));
