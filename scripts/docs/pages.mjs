// @ts-check
/** The documentation as data: its pages, and the headings, links, code blocks and inline code of a page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Pages in the order in which they should be read, by sections; the site's navigation is made of it. */
export const sections = /** @type {const} */ ({
  'Start here': ['README.md', 'docs/tutorial.md', 'docs/package.md', 'docs/troubleshooting.md'],
  'How it works': ['docs/method.md', 'docs/studies.md', 'docs/trust.md', 'docs/comparison.md'],
  Guides: [
    'docs/pictures.md',
    'docs/augmentation.md',
    'docs/sets.md',
    'docs/spaces.md',
    'docs/devices.md',
    'docs/watching.md',
    'docs/report.md',
    'docs/terminal.md',
    'docs/interop.md',
    'docs/litert.md',
    'docs/int8.md',
    'docs/web.md',
    'docs/clusters.md',
    'docs/clusters-slurm.md',
    'docs/clusters-kubernetes.md',
  ],
  Reference: ['docs/config.md', 'docs/api.md', 'docs/mistakes.md'],
  Measurements: ['docs/roofline.md', 'docs/host.md', 'docs/attention.md', 'docs/performance.md', 'docs/scaling.md'],
  'The project': ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'findings/README.md'],
});

/** Returns all pages of the documentation, relative to the root. */
export function pages() {
  const others = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'findings/README.md'];
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [...others, 'runs/README.md', ...docs.map((name) => `docs/${name}`)];
}

/** @param {string} page */
export function readPage(page) {
  return readFileSync(join(root, page), 'utf8');
}

/**
 * @typedef {object} Block a piece of a page
 * @property {number} line its first line, from 1
 * @property {string} text
 * @property {string | undefined} language that of a code block; undefined for prose
 */

/**
 * Splits a page into its code blocks and paragraphs.
 *
 * @param {string} text
 * @returns {Block[]}
 */
export function blocksOf(text) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ line: number, lines: string[], fence?: string | undefined, language?: string | undefined } | undefined} */
  let open;
  const close = () => {
    if (open !== undefined) blocks.push({ line: open.line, text: open.lines.join('\n'), language: open.language });
    open = undefined;
  };
  for (const [i, line] of text.split('\n').entries()) {
    const fence = /^\s*(```+)(\w*)/.exec(line);
    if (open?.fence !== undefined) {
      if (line.trim() === open.fence) close();
      else open.lines.push(line);
    } else if (fence !== null) {
      close();
      open = { line: i + 2, lines: [], fence: fence[1], language: fence[2] };
    } else if (line.trim() === '') close();
    else if (open === undefined) open = { line: i + 1, lines: [line] };
    else open.lines.push(line);
  }
  close();
  return blocks;
}

/**
 * Returns the code spans of a paragraph, with line breaks as spaces.
 *
 * @param {Block} block
 * @returns {{ line: number, text: string }[]}
 */
export function codeSpans({ line, text, language }) {
  if (language !== undefined) return [];
  return [...text.matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/gs)].map((match) => ({
    line: line + lineBreaks(text.slice(0, match.index)),
    text: (match[2] ?? '').replace(/\\\|/g, '|').replace(/\s+/g, ' ').trim(),
  }));
}

/**
 * Returns the targets of a page's links and pictures.
 *
 * @param {string} text
 * @returns {{ line: number, target: string }[]}
 */
export function linksOf(text) {
  return blocksOf(text).flatMap(({ line, text, language }) => {
    if (language !== undefined) return [];
    const prose = text.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/gs, (code) => code.replace(/[^\n]/g, ' '));
    return [...prose.matchAll(/\]\(([^()\s]+)\)|<(https?:[^>\s]+)>/g)].map((match) => ({
      line: line + lineBreaks(prose.slice(0, match.index)),
      target: match[1] ?? match[2] ?? '',
    }));
  });
}

/**
 * Returns the anchors of a page's headings, as GitHub makes them.
 *
 * @param {string} text
 */
export function anchorsOf(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return blocksOf(text).flatMap(({ text, language }) => {
    if (language !== undefined) return [];
    return text.split('\n').flatMap((line) => {
      const title = /^#{1,6} (.+)$/.exec(line)?.[1];
      if (title === undefined) return [];
      const slug = slugOf(title);
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return [before === 0 ? slug : `${slug}-${before}`];
    });
  });
}

/**
 * Returns the anchor that GitHub gives a heading.
 *
 * @param {string} title
 */
export function slugOf(title) {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .trim()
    .replace(/ /g, '-');
}

/** @param {string} text */
function lineBreaks(text) {
  return text.split('\n').length - 1;
}
