// @ts-check
/** Copies the pages for the generator: flat names, links between them, pictures as files of the site. */
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { blocksOf, readPage, root, sections } from '../pages.mjs';

/** Name of a page on the site, without ending: `index` for README.md, `findings` for findings/README.md. */
export const nameOf = (/** @type {string} */ page) =>
  page === 'README.md' ? 'index' : basename(page.replace(/\/README\.md$/, '.md'), '.md').toLowerCase();

/** Title of a page: its first heading. */
export const titleOf = (/** @type {string} */ page) => /^# (.+)$/m.exec(readPage(page))?.[1] ?? page;

const staged = Object.values(sections).flat();

/**
 * Writes the pages into a folder, which is replaced.
 *
 * @param {string} folder
 */
export function stagePages(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'public'), { recursive: true });
  for (const page of staged) writeFileSync(join(folder, `${nameOf(page)}.md`), stagedText(page, folder));
}

/**
 * Returns a page with its links rewritten: to staged pages, to pictures in `public`, and as plain text if they lead to
 * files of the repository, which the site does not have.
 *
 * @param {string} page
 * @param {string} folder
 */
function stagedText(page, folder) {
  const lines = readPage(page).split('\n');
  for (const { line, text, language } of blocksOf(readPage(page))) {
    if (language !== undefined) continue;
    const changed = text.replace(/(!?)\[((?:[^\][`]|`[^`]*`)*)\]\(([^()\s]+)\)/g, (whole, mark, label, target) =>
      /^[a-z]+:/.test(target) ? whole : linked(page, folder, { mark, label, target }),
    );
    lines.splice(line - 1, text.split('\n').length, ...changed.split('\n'));
  }
  return lines.join('\n');
}

/**
 * @param {string} page
 * @param {string} folder
 * @param {{ mark: string, label: string, target: string }} link
 */
function linked(page, folder, { mark, label, target }) {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (staged.includes(/** @type {never} */ (file))) {
    return `[${label}](./${nameOf(file)}.md${anchor === undefined ? '' : `#${anchor}`})`;
  }
  if (mark === '!' && existsSync(join(root, file))) {
    copyFileSync(join(root, file), join(folder, 'public', basename(file)));
    return `![${label}](/${basename(file)})`;
  }
  return label;
}
