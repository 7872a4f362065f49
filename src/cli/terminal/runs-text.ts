/** The tables that `runs` prints for people. */

import { conform, locatedValue } from '#core/documents/conform';
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { LogLine } from '#jobs/runs/event-log';
import type { AgedRun } from '#jobs/runs/prune';
import type { RunCourse } from '#jobs/runs/run-course';
import type { RunEntry } from '#jobs/runs/run-entries';
import { searchEventSchema } from '#jobs/runs/run-events';
import type { Cost, Evaluation, RandomSummary } from '#jobs/runs/run-result';
import type { RunSummary } from '#jobs/runs/run-summary';
import { architectureLines } from './architecture-text.js';
import { classLines, weightsText } from './evaluation-text.js';
import { duration, progressLine, signedPercent } from './progress.js';
import { sparkline } from './sparkline.js';
import { aligned, type Row } from './table.js';

export function runListText(root: string, entries: readonly RunEntry[]): string {
  if (entries.length === 0) return `no runs under ${root}`;
  const hasJobs = entries.some(({ job }) => job !== null);
  const rows = entries.map(({ id, stage, status, step, steps, quality, reward, job }) => [
    ...[id, stage, status, `${grouped(step)} of ${grouped(steps)}`, figure(quality), figure(reward)],
    ...(hasJobs ? [job ?? '-'] : []),
  ]);
  const heads = ['run', 'stage', 'status', 'steps', 'quality', 'reward', ...(hasJobs ? ['job'] : [])];
  return aligned([heads, ...rows], new Set([3, 4, 5])).join('\n');
}

/** Lists the runs that `runs prune` removes or has removed, with their sizes and ages. */
export function pruneText(root: string, runs: readonly PrunedRun[], isDone: boolean): string {
  if (runs.length === 0) return `no such runs under ${root}`;
  const rows = runs.map(({ id, stage, status, ageMs, bytes }) => [
    ...[id, stage, status, `${duration(ageMs / 1000)} ago`, megabytes(bytes)],
  ]);
  const total = megabytes(runs.reduce((sum, { bytes }) => sum + bytes, 0));
  const end = isDone ? `removed ${runs.length}, ${total}` : `${runs.length} to remove, ${total}: --yes removes them`;
  return [...aligned([['run', 'stage', 'status', 'changed', 'size'], ...rows], new Set([3, 4])), end].join('\n');
}

interface PrunedRun extends AgedRun {
  readonly bytes: number;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Formats an event on one line, like the progress of a run on a terminal. */
export function eventText(run: string, event: LogLine, steps: number): string {
  const { loss, quality, reward, imagesPerSecond } = conform(locatedValue('events.jsonl', event), shownSchema);
  return progressLine({ stage: run, step: event.step, steps, loss, quality, reward, imagesPerSecond }, Infinity);
}

const shownSchema = searchEventSchema
  .pick({ loss: true, quality: true, reward: true, imagesPerSecond: true })
  .partial();

const mostBars = 40; // of the sparkline

/** Formats the facts of a run, then draws its architecture if it has one. */
export function runText(run: RunSummary, course: RunCourse): string {
  const facts = [
    ['stage', run.stage],
    ['status', run.status],
    ['steps', `${grouped(run.step)} of ${grouped(run.steps)}`],
    ['quality', figure(run.quality)],
    ...(run.held === null ? [] : [['validation', accuracyText(run.held)]]),
    ...(run.test === null ? [] : [['test', `${accuracyText(run.test)}, top-5 ${percent(run.test.top5)}`]]),
    ...(run.int8 === null ? [] : [['as in int8', accuracyText(run.int8)]]),
    ...(run.precision === null ? [] : [['precision', run.precision]]),
    ...(run.weights === null ? [] : [['weights', weightsText(run.weights)]]),
    ['reward', figure(run.reward)],
    ...courseRows(course),
    ...(run.random === null ? [] : randomRows(run.random)),
    [
      'entropy',
      `${figure(run.entropy)}${run.entropyAtStart === null ? '' : `, ${figure(run.entropyAtStart)} at the start`}`,
    ],
    ...Object.entries(run.costs ?? {}).map(([name, cost]) => [name, costText(cost)]),
    ['folder', run.folder],
  ];
  const costs = Object.keys(run.costs ?? {});
  const architecture = run.architecture === null ? [] : ['', ...architectureLines(run.architecture, costs)];
  const classes = run.byClass === null ? [] : classLines(run.byClass);
  return [run.id, ...aligned(facts, new Set()), ...classes, ...architecture].join('\n');
}

function accuracyText({ n, top1, top1Interval }: Evaluation): string {
  const interval = top1Interval.map((share) => (100 * share).toFixed(2)).join(' to ');
  return `${percent(top1)} of ${grouped(n)} images (95 % interval ${interval})`;
}

/** Returns rows for the rewards of the random architectures, below the winner's reward. */
function randomRows({ n, meanReward, deviation, bestReward, bestQuality }: RandomSummary): Row[] {
  return [
    [
      `${n} random`,
      `reward ${figure(meanReward)} on average, deviation ${deviation === null ? 'n/a for one' : figure(deviation)}`,
    ],
    ['best random', `reward ${figure(bestReward)}, quality ${figure(bestQuality)}`],
  ];
}

/** Formats a cost with its target, then the policy's expected cost and, if it differs, the cost of its argmax. */
export function costText({ value, target, expected, argmax }: Cost): string {
  const distance = (cost: number) => `${quantity(cost)} (${signedPercent(cost / target - 1)})`;
  const mean = expected === undefined ? '' : `, expected ${distance(expected)}`;
  const likely = argmax === undefined || argmax === value ? '' : `, argmax ${distance(argmax)}`;
  return `${quantity(value)}, target ${quantity(target)} (${signedPercent(value / target - 1)})${mean}${likely}`;
}

/** Formats a quantity with four significant digits; from 10,000 on as a whole number with grouped digits. */
export function quantity(value: number): string {
  return Math.abs(value) >= 10_000 ? grouped(Math.round(value)) : `${Number(value.toPrecision(4))}`;
}

function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}

/** Draws the course of the reward or loss, with its first and its last value; nothing without two values. */
function courseRows({ of, values }: RunCourse): Row[] {
  const bars = sparkline(values, mostBars);
  const [first, last] = [values[0] ?? 0, values.at(-1) ?? 0];
  return bars === '' ? [] : [[`course of ${of}`, `${figure(first)} ${bars} ${figure(last)}`]];
}
