/** The table for people of how far the searches with different seeds agree. */
import { percent } from '#core/percent';
import type { Agreement, Spread } from '#tasks/study/agreement';
import { signedPercent } from './progress.js';
import { aligned } from './table.js';

export function agreementText(stage: string, { runs, agreement, choices, accuracy, reward, costs }: Agreement): string {
  const facts = [
    ['searches', `${runs.length}: ${runs.join(', ')}`],
    [
      'choices alike',
      agreement === null ? 'n/a for one search' : `${percent(agreement, 0)}, the mean over pairs of searches`,
    ],
    ['validation', spreadText(accuracy, percent)],
    ['reward', spreadText(reward, (value) => value.toFixed(4))],
    ...Object.entries(costs).map(([name, cost]) => [
      name,
      `${spreadText(cost, (value) => `${Number(value.toPrecision(4))}`)}; target ${cost.target} (${signedPercent(cost.mean / cost.target - 1)})`,
    ]),
  ];
  const rows = Object.entries(choices).map(([path, counts]) => [path, countsText(counts)]);
  const table = aligned([['choice', 'chosen, and by how many'], ...rows], new Set());
  return [`${stage} stage`, ...aligned(facts, new Set()), '', ...table].join('\n');
}

function spreadText({ mean, deviation, least, most }: Spread, figure: (value: number) => string): string {
  return `${figure(mean)} on average, deviation ${deviation === null ? 'n/a for one' : figure(deviation)}, from ${figure(least)} to ${figure(most)}`;
}

/** Lists the values with their counts, most frequent first. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([value, n]) => `${value}: ${n}`).join(', ');
}
