/** Links inside the documentation lead to files and headings that exist; `npm run proof:links` asks the others. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { anchorsOf, linksOf, pages, readPage, root, sections } from '../../scripts/docs/pages.mjs';

/** The page or file that a link of a page leads to, and the anchor in it. */
function targetOf(page: string, link: string): { file: string; anchor: string } {
  const [path = '', anchor = ''] = link.split('#');
  return { file: path === '' ? page : relative(root, join(root, dirname(page), path)), anchor };
}

it.each(pages())('%s has no dead link inside the repository', (page) => {
  const dead = linksOf(readPage(page)).filter(({ target }) => {
    if (/^[a-z]+:/.test(target)) return false;
    const { file, anchor } = targetOf(page, target);
    if (file.startsWith('..') || !existsSync(join(root, file))) return true;
    return anchor !== '' && !(file.endsWith('.md') && anchorsOf(readPage(file)).includes(anchor));
  });
  expect(dead).toEqual([]);
});

it("the site's navigation has every page once", () => {
  const listed: string[] = Object.values(sections).flat();
  expect([...listed].sort()).toEqual(
    pages()
      .filter((page) => page !== 'runs/README.md')
      .sort(),
  );
});

it('finds links and headings as GitHub does', () => {
  const page =
    '# A `b`: c & d\n\n[x](y.md#z) `[no](code)`\n<https://e.org>\n\n```\n# no [link](n.md)\n```\n\n## A b c  d\n';
  expect(linksOf(page)).toEqual([
    { line: 3, target: 'y.md#z' },
    { line: 4, target: 'https://e.org' },
  ]);
  expect(anchorsOf(page)).toEqual(['a-b-c--d', 'a-b-c--d-1']);
});
