/** Renders searches as one HTML file that needs nothing else: texts and tables here, charts by its script. */
import { escaped } from '#core/html';
import { architectureFigure } from './architecture-figure.js';
import { architectureHtml } from './architecture-html.js';
import type { Chart, Figure } from './figure.js';
import { policyFigure } from './policy-figure.js';
import { tableHtml } from './report-table.js';
import type { ReportedRun } from './reported-run.js';
import { ridgeFigure } from './ridge-figure.js';
import { samplesFigure } from './samples-figure.js';
import { costNames, stepFigure } from './step-figure.js';
import { chooserHtml, summaryHtml } from './summary-html.js';
import { tradeoffFigure } from './tradeoff-figure.js';

/** The files that every page contains. */
export interface PageFiles {
  readonly style: string;
  /** The page's own script, a module without imports. */
  readonly script: string;
  /** Scripts of libraries, which run before it. */
  readonly libraries: readonly string[];
}

/** The data of the page's script. */
export interface PageData {
  readonly title: string;
  readonly runs: readonly string[];
  readonly figures: readonly Pick<Figure, 'id' | 'charts' | 'table'>[];
}

export function reportPage(runs: readonly ReportedRun[], files: PageFiles): string {
  const title = `Search report: ${runs.map(({ id }) => id).join(', ')}`;
  const architecture = architectureFigure(runs);
  const figures = figuresOf(runs);
  const data: PageData = { title, runs: runs.map(({ id }) => id), figures: [architecture, ...figures] };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>
${files.style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<header>
<h1>${escaped(title)}</h1>
${navigation([architecture, ...figures])}
</header>
<main id="content" tabindex="-1">
${summaryHtml(runs)}
${chooserHtml(runs)}
${section(architecture, architectureHtml(runs))}
${figures.map((figure) => section(figure, figureHtml(figure))).join('\n')}
</main>
<footer>
<p><button type="button" data-all>Download everything as JSON</button></p>
<p>Numbers are rounded to 6 significant digits. Written by mnv4-nas; charts by Vega and Vega-Lite (BSD-3-Clause).</p>
</footer>
<noscript><p>The charts and the tables behind them need JavaScript, which this page contains; it loads nothing.</p></noscript>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
${files.libraries.map((library) => `<script>${inScript(library)}</script>`).join('\n')}
<script type="module">
${inScript(files.script)}</script>
</body>
</html>
`;
}

function figuresOf(runs: readonly ReportedRun[]): Figure[] {
  const names = costNames(runs);
  return [
    stepFigure(runs),
    ...runs.map((run, i) => policyFigure(run, runs.length, i > 0)),
    ...names.flatMap((name, i) => [tradeoffFigure(runs, name, i), samplesFigure(runs, name, i)]),
    ...[ridgeFigure(runs) ?? []].flat(),
  ];
}

/** A script's text for the inside of an element. */
function inScript(text: string): string {
  return text.replaceAll(/<(\/script|!--)/gi, '\\x3c$1');
}

function navigation(figures: readonly Figure[]): string {
  const links = figures.map(({ id, title }) => `<li><a href="#${id}">${escaped(title)}</a></li>`);
  return `<nav aria-label="Parts of the report"><ul><li><a href="#summary">Summary</a></li>${links.join('')}</ul></nav>`;
}

function section({ id, title, isFolded }: Figure, content: string): string {
  const heading = `<h2>${escaped(title)}</h2>`;
  if (isFolded) {
    return `<section id="${id}"><details class="folded"><summary>${heading}</summary>\n${content}</details></section>`;
  }
  return `<section id="${id}">${heading}\n${content}</section>`;
}

function figureHtml({ id, title, notes, charts }: Figure): string {
  const texts = notes.map((note) => `<p>${escaped(note)}</p>`).join('\n');
  return `<div class="notes">${texts}</div>
<div class="charts${charts.length > 2 ? ' many' : ''}">${charts.map(chartHtml).join('\n')}</div>
${tableHtml(id, title)}`;
}

function chartHtml({ id, title, description }: Chart): string {
  return `<figure><figcaption id="caption-${id}">${escaped(title)}</figcaption><div class="chart" role="img" aria-label="${escaped(description)}" data-chart="${id}"></div></figure>`;
}
