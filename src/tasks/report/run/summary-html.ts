/** The summary of a report: each run in sentences, then all of them side by side. */
import { grouped } from '#core/grouped';
import { escaped } from '#core/html';
import { percent } from '#core/percent';
import type { ReportedRun } from './reported-run.js';
import { amountText, type Verdict, verdictOf } from './verdict.js';

export function summaryHtml(runs: readonly ReportedRun[]): string {
  return `<section id="summary"><h2>Summary</h2>
${runs.map(sentences).join('\n')}
${comparison(runs)}</section>`;
}

function sentences(run: ReportedRun, i: number): string {
  const { outcome, short, sentences } = verdictOf(run);
  const notices = run.notices.map((notice) => `<p class="notice">Note: ${escaped(notice)}</p>`).join('');
  return `<div class="verdict run-${i + 1}"><p class="outcome ${outcome}">${mark[outcome]} ${short}</p><p>${sentences.map(escaped).join(' ')}</p>${notices}</div>`;
}

const mark: Record<Verdict['outcome'], string> = { met: '✓', missed: '✗', unfinished: '…' };

/** Checkboxes that show and hide runs in the charts; their colours are the charts' legend. Empty for one run. */
export function chooserHtml(runs: readonly ReportedRun[]): string {
  if (runs.length === 1) return '';
  const boxes = runs.map(
    ({ id }, i) =>
      `<label class="run-${i + 1}"><input type="checkbox" checked data-run="${escaped(id)}"> ${escaped(id)}</label>`,
  );
  return `<fieldset class="runs"><legend>Runs shown in the charts</legend>${boxes.join(' ')}</fieldset>`;
}

function comparison(runs: readonly ReportedRun[]): string {
  const heads = [
    'run',
    'stage',
    'seed',
    'strategy',
    'steps',
    'verdict',
    'costs',
    'targets',
    'validation top-1',
    'quality',
    'reward',
    'best random reward',
  ];
  const rows = runs.map((run) => {
    const { result, costs } = run;
    const values = Object.entries(result?.costs ?? run.events.at(-1)?.costs ?? {});
    return [
      ...[run.stage, String(run.settings.seed), run.settings.strategy, `${grouped(run.step)} of ${grouped(run.steps)}`],
      verdictOf(run).short,
      values.map(([name, { value }]) => amountText(name, value)).join('; ') || 'unknown',
      costs.map(({ name, target }) => amountText(name, target)).join('; ') || 'unknown',
      result === null ? 'not evaluated' : percent(result.held.top1, 1),
      figure(result?.quality ?? run.events.at(-1)?.quality),
      figure(result?.reward ?? run.events.at(-1)?.reward),
      figure(result?.random?.bestReward),
    ];
  });
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.map(
    (cells, i) =>
      `<tr><th scope="row">${escaped(runs[i]?.id ?? '')}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" role="region" tabindex="0" aria-label="The runs side by side"><table><caption>The runs side by side${runs.some(({ result }) => result === null) ? '; figures of unfinished runs are those of their last interval' : ''}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function figure(value: number | undefined): string {
  return value === undefined ? 'none' : value.toFixed(4);
}
