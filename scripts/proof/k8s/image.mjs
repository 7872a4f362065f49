// @ts-check
/** The content of the image: what the Dockerfile's build stage makes, by the same script from the same files. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Builds the image's copy of the repository in a new folder. @param {string} folder */
export function buildImage(folder) {
  mkdirSync(folder, { recursive: true });
  const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  for (const line of allowed) {
    const name = line.slice(1);
    if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const { status, stderr, stdout } = spawnSync(join(folder, 'container', 'build.sh'), {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`container/build.sh ended with ${status}:\n${stdout}${stderr}`);
}
