/** The YAML files that pages show. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, readPage } from '../../scripts/docs/pages.mjs';

/** Writes the documents of a page that begin with a name into a folder, each under its name; returns the files. */
export function writeDocuments(page: string, folder: string): string[] {
  return yamlOf(page).flatMap((text) => {
    const name = /^name: (\S+)/.exec(text)?.[1];
    if (name === undefined) return [];
    writeFileSync(join(folder, `${name}.yaml`), `${text}\n`);
    return [`${name}.yaml`];
  });
}

/** Returns the YAML blocks of a page. */
export function yamlOf(page: string): string[] {
  return blocksOf(readPage(page)).flatMap(({ language, text }) => (language === 'yaml' ? [text] : []));
}
