/** The progress of a long command as one line or as a record in a log. */
import type { CostProgress, Progress } from '#jobs/observer';
import { fittedLine, type Part } from './parts.js';

export const notableWait = 0.05; // share of the time; a shorter wait for data is not shown
export const notableExcess = 0.05; // share of the target; a cost above it by more is marked

/** Formats the fields on one line of at most `width` columns, without the least important parts if it is narrow. */
export function progressLine(fields: Progress, width: number, colours = false): string {
  return fittedLine(partsOf(fields), width, colours);
}

function partsOf(fields: Progress): Part[] {
  const { phase, step, steps, loss, quality, reward, costs = [] } = fields;
  const { imagesPerSecond, dataWait = 0, secondsLeft } = fields;
  const part = (value: number | undefined, rank: number, text: (value: number) => string): Part[] =>
    value === undefined ? [] : [{ text: text(value), rank }];
  return [
    { text: placedStage(fields), rank: 0, style: 'bold' },
    { text: `${step}/${steps}`, rank: 1 },
    ...part(steps > 0 ? step / steps : undefined, 7, (share) => `${Math.floor(100 * share)}%`),
    ...part(loss, 4, (value) => `loss ${decimal(value)}`),
    ...part(quality, 3, (value) => `quality ${decimal(value)}`),
    ...part(reward, 6, (value) => `reward ${decimal(value)}`),
    ...costs.flatMap(costParts),
    ...part(imagesPerSecond, 8, (value) => `${Math.round(value).toLocaleString('en-US')} images/s`),
    ...part(dataWait >= notableWait ? dataWait : undefined, 9, (share) => `data wait ${Math.round(100 * share)}%`),
    ...part(secondsLeft, 2, (value) => `${duration(value)} left`),
    ...part(phase?.secondsLeft, 2, (value) => `${duration(value)} in all`),
  ];
}

/** The stage and, in work of several phases, its place. */
export function placedStage({ stage, phase }: Progress): string {
  return phase === undefined ? stage : `${phase.number}/${phase.of} ${stage}`;
}

/** Returns the expected cost of the policy and the cost of its argmax, each as a relative distance from the target. */
function costParts({ name, expected, argmax, target }: CostProgress): Part[] {
  const part = (text: string, excess: number, rank: number): Part => {
    const marked = excess > notableExcess ? { style: 'yellow' as const } : {};
    return { text: `${text} ${signedPercent(excess)}`, rank, ...marked };
  };
  return [part(name, expected / target - 1, 5), part('argmax', argmax / target - 1, 6)];
}

/** Formats a ratio as `+3.1%`, `-12%` or `0%`; one decimal below 10 %. */
export function signedPercent(ratio: number): string {
  const percent = 100 * ratio;
  const text = Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
  return `${Number(text) > 0 ? '+' : ''}${Number(text) === 0 ? '0' : text}%`;
}

/** Formats a number briefly, with a steady width while it changes: 2.303, 0.781. */
export function decimal(value: number): string {
  return Math.abs(value) < 100 ? value.toFixed(3) : value.toPrecision(4);
}

/** Formats a duration as `45s`, `2m05s`, `3h07m` or `2d04h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  const pair = (large: number, unit: string, small: number, smaller: string) =>
    `${large}${unit}${`${small}`.padStart(2, '0')}${smaller}`;
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'm', whole % 60, 's');
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'm');
  return pair(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

/** Converts the fields to a log record: costs keyed by name, like in every JSON that the program prints. */
export function progressRecord({ costs, ...fields }: Progress): Record<string, unknown> {
  if (costs === undefined) return fields;
  return { ...fields, costs: Object.fromEntries(costs.map(({ name, ...cost }) => [name, cost])) };
}
