import { parse } from 'vega';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { completed } from '#tasks/report/run/page/report-script';
import { type PageData, reportPage } from '#tasks/report/run/report-page';
import type { ReportedRun } from '#tasks/report/run/reported-run';
import { reportedRun } from './report-fixture.js';

const files = { style: 'p { margin: 0 }\n', script: 'const own = "</script>";\n', libraries: ['/* library */'] };

function dataOf(runs: readonly ReportedRun[]): PageData {
  const [, json] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(reportPage(runs, files)) ?? [];
  return JSON.parse(json as string);
}

describe('the page of a report', () => {
  it('has no address and no element that loads anything', () => {
    const html = reportPage([reportedRun()], files);
    expect(html).toContain("default-src 'none'");
    expect(html.match(/(src|href)="(?!#)|url\(|@import|https?:/g)).toBeNull();
  });

  it('closes no element inside its scripts and data', () => {
    const html = reportPage([reportedRun({ id: 'a' })], files);
    expect(html).toContain('const own = "\\x3c/script>";');
    expect(html.match(/<\/script>/g)).toHaveLength(3); // data, library, own
  });

  it('has figures for steps, policy, accuracy, samples and ridge points, each with its table', () => {
    const { figures } = dataOf([reportedRun()]);
    expect(figures.map(({ id, table }) => [id, table.rows.length])).toEqual([
      ['architecture', 3],
      ['steps', 2],
      ['policy-a', 2],
      ['tradeoff-0', 4 + zoo(figures)],
      ['samples-0', 4],
      ['ridge', 61],
    ]);
  });

  it('has only charts that Vega-Lite and Vega accept, without a warning', () => {
    const warnings: unknown[] = [];
    const ignore = () => logger;
    const warn = (...given: unknown[]) => {
      warnings.push(given);
      return logger;
    };
    const logger: Record<string, (...given: unknown[]) => unknown> = {
      warn,
      error: warn,
      info: ignore,
      debug: ignore,
      level: ignore,
    };
    const { figures } = dataOf([reportedRun(), reportedRun({ id: 'b', result: undefined })]);
    for (const { charts, table } of figures) {
      for (const { spec } of charts)
        parse(compile(completed(spec, table, 600) as never, { logger: logger as never }).spec);
    }
    expect(figures.flatMap(({ charts }) => charts).length).toBeGreaterThan(8);
    expect(warnings).toEqual([]);
  });

  it('gives every chart a text alternative and every button a name', () => {
    const html = reportPage([reportedRun()], files);
    const charts = html.match(/data-chart=/g) ?? [];
    expect(html.match(/role="img" aria-label="[^"]{30,}" data-chart=/g)).toHaveLength(charts.length);
    expect(html.match(/<button[^>]*><\/button>/g)).toBeNull();
  });

  it('draws several runs side by side, and lets them be hidden', () => {
    const html = reportPage([reportedRun(), reportedRun({ id: 'b' })], files);
    expect(html.match(/<article>/g)).toHaveLength(2);
    expect(html.match(/data-run="[ab]"/g)).toHaveLength(2);
    expect(reportPage([reportedRun()], files)).not.toContain('data-run=');
  });

  it('says of a run that has not begun that nothing is there', () => {
    const html = reportPage([reportedRun({ result: undefined, logged: [] })], files);
    expect(html).toContain('a has logged no interval yet.');
    expect(html).toContain('No architecture yet.');
  });
});

function zoo(figures: PageData['figures']): number {
  const rows = figures.find(({ id }) => id === 'tradeoff-0')?.table.rows ?? [];
  return rows.filter(([, kind]) => kind === 'shipped network').length;
}
