/** Formats the ridge-point sweep as one self-contained HTML file. */
import { escaped } from '#core/html';
import type { TextTable } from './roofline-tables.js';

/** @param svg  chart of the sweep, embedded in the page */
export function rooflinePage(title: string, svg: string, tables: readonly TextTable[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin-bottom: 1.5rem; }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid #ddd; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
</style>
<h1>${escaped(title)}</h1>
${svg.trim()}
${tables.map(tableHtml).join('\n')}
</html>
`;
}

function tableHtml({ title, rows, right }: TextTable): string {
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell, c) => `<${tag}${right.has(c) ? ' class="number"' : ''}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const [head = [], ...body] = rows;
  const lines = [line(head, 'th'), ...body.map((row) => line(row, 'td'))];
  return `<h2>${escaped(title)}</h2>\n<table>\n${lines.join('\n')}\n</table>`;
}
