/** Builds trees of files that look like a machine's, in a folder that is removed when the test ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a tree of files, in which an object is a folder, and returns its root. */
export function fileTree(files: Readonly<Record<string, string | Readonly<Record<string, string>>>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mnv4-tree-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [path, content] of Object.entries(files)) {
    if (typeof content === 'string') write(join(root, path), content);
    else for (const [name, text] of Object.entries(content)) write(join(root, path, name), text);
  }
  return root;
}

/** Formats a line of /proc/self/mountinfo. */
export function mountOf(top: string, folder: string, type: string, options = 'rw'): string {
  return `31 23 0:28 ${top} ${folder} rw,relatime shared:9 - ${type} ${type} ${options}\n`;
}
