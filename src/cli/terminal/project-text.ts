/** The closing report of a whole search, for people. */
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { Evaluation } from '#jobs/runs/run-result';
import type { Int8Figures } from '#tasks/export/exporter';
import type { ComparedNetwork } from '#tasks/project/comparison';
import type { ProjectReport } from '#tasks/project/report';
import { asTyped } from './as-typed.js';
import { costText, quantity } from './runs-text.js';
import { aligned } from './table.js';

export function projectText({ name, costs, missed, test, exports, runs }: ProjectReport): string {
  const [coarse, fine, trained] = runs as [string, string, string];
  const next = exports.length === 0 ? `export ${trained} --to onnx --check` : `runs show ${trained}`;
  const rows = [
    ...Object.entries(costs).map(([cost, value]) => [cost, costText({ value: value.value, target: value.target })]),
    ['target', missed.length === 0 ? 'met' : missed.join('; ')],
    ['accuracy', `${percent(test.top1, 1)} of ${grouped(test.n)} test images (95 % interval ${intervalText(test)})`],
    ...exports.map(({ format, folder, files }) => [format, `${folder}: ${files.join(', ')}`]),
    ...exports.flatMap(({ format, int8 }) => (int8 === undefined ? [] : [[`${format} int8`, int8Text(int8, test)]])),
    ['network', asTyped(`mnv4-nas runs show ${fine}`)],
    ['report', asTyped(`mnv4-nas runs report ${coarse} ${fine}`)],
    ['next', asTyped(`mnv4-nas ${next}`)],
  ];
  return [`${name}: searched, trained${exports.length > 0 ? ' and exported' : ''}`, ...aligned(rows, new Set())].join(
    '\n',
  );
}

function int8Text({ evaluation, agreement, runtime }: Int8Figures, { top1 }: Evaluation): string {
  const gained = 100 * (evaluation.top1 - top1);
  const change = `${gained >= 0 ? '+' : ''}${gained.toFixed(2)} points`;
  return `${percent(evaluation.top1, 1)} by ${runtime} (${change}); ${percent(agreement, 1)} classified as in float32`;
}

/** The closing table of a comparison, best accuracy first. */
export function comparisonText(networks: readonly ComparedNetwork[]): string {
  const [first] = networks as [ComparedNetwork];
  const names = Object.keys(first.costs);
  const byAccuracy = [...networks].sort((a, b) => b.test.top1 - a.test.top1);
  const rows = byAccuracy.map(({ name, costs, test }) => [
    name === 'fine' || name === 'coarse' ? `${name} result` : name,
    ...names.map((cost) => quantity(costs[cost] as number)),
    percent(test.top1, 1),
    intervalText(test),
  ]);
  const heads = ['trained alone', ...names, 'accuracy', '95 % interval'];
  const right = new Set(heads.keys());
  right.delete(0);
  return [...aligned([heads, ...rows], right), `accuracy: share of ${grouped(first.test.n)} test images`].join('\n');
}

function intervalText({ top1Interval }: Evaluation): string {
  return top1Interval.map((share) => (100 * share).toFixed(1)).join(' to ');
}
