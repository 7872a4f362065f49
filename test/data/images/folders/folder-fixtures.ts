/** Folders of files for tests of how images are listed; the files need not be images. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EncodedImages } from '#data/images/encoded-images';
import { newFolder } from '#test/data/fixtures';

/** A new folder with the files, whose content is their path. */
export function folderWith(...paths: readonly string[]): string {
  const root = newFolder();
  addFiles(root, ...paths);
  return root;
}

export function addFiles(root: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
}

/** The images as `PATH LABEL`, with paths relative to the root. */
export function listed(root: string, images: EncodedImages | undefined): string[] {
  if (images === undefined) return [];
  return Array.from({ length: images.n }, (_, i) => `${images.place(i).slice(root.length + 1)} ${images.label(i)}`);
}
