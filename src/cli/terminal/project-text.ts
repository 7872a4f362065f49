/** The closing report of a whole search, for people. */
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { ProjectReport } from '#tasks/project/report';
import { costText } from './runs-text.js';
import { aligned } from './table.js';

export function projectText({ name, costs, missed, test, exports, runs }: ProjectReport): string {
  const { n, top1, top1Interval } = test;
  const interval = top1Interval.map((share) => (100 * share).toFixed(1)).join(' to ');
  const [, fine, trained] = runs as [string, string, string];
  const rows = [
    ...Object.entries(costs).map(([cost, value]) => [cost, costText({ value: value.value, target: value.target })]),
    ['target', missed.length === 0 ? 'met' : missed.join('; ')],
    ['accuracy', `${percent(top1, 1)} of ${grouped(n)} test images (95 % interval ${interval})`],
    ...exports.map(({ format, folder, files }) => [format, `${folder}: ${files.join(', ')}`]),
    ['network', `mnv4-nas runs show ${fine}`],
    ['next', exports.length === 0 ? `mnv4-nas export ${trained} --to onnx --check` : `mnv4-nas runs show ${trained}`],
  ];
  return [`${name}: searched, trained${exports.length > 0 ? ' and exported' : ''}`, ...aligned(rows, new Set())].join(
    '\n',
  );
}
