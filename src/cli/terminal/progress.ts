/** The progress of a long command: one line on a terminal, one record in a log. */
import type { CostProgress, Progress } from '#jobs/observer';

/** One part of the line; from a line that is too long, the parts with the highest rank are dropped first. */
interface Part {
  readonly text: string;
  readonly rank: number;
  readonly style?: Style;
}

export type Style = keyof typeof styles;

const styles = { bold: '1', dim: '2', yellow: '33' } as const;

const gap = '  ';
const notableWait = 0.05; // share of the time; a shorter wait for data is not shown
const notableExcess = 0.05; // share of the target; a cost above it by more is marked

/** Returns the text in a style, or unchanged where colours are off. */
export function styled(text: string, style: Style | undefined, colours: boolean): string {
  return colours && style !== undefined ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}

/** Formats the fields on one line of at most `width` columns, without the least important parts if it is narrow. */
export function progressLine(fields: Progress, width: number, colours = false): string {
  let parts = partsOf(fields);
  while (parts.length > 1 && lengthOf(parts) > width) {
    const least = Math.max(...parts.map(({ rank }) => rank));
    parts = parts.filter(({ rank }) => rank !== least);
  }
  if (lengthOf(parts) > width) return (parts[0] as Part).text.slice(0, Math.max(0, width));
  return parts.map(({ text, style }) => styled(text, style, colours)).join(gap);
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + text.length, (parts.length - 1) * gap.length);
}

function partsOf(fields: Progress): Part[] {
  const { stage, phase, step, steps, loss, quality, reward, costs = [] } = fields;
  const { imagesPerSecond, dataWait = 0, secondsLeft } = fields;
  const part = (value: number | undefined, rank: number, text: (value: number) => string): Part[] =>
    value === undefined ? [] : [{ text: text(value), rank }];
  return [
    { text: phase === undefined ? stage : `${phase.number}/${phase.of} ${stage}`, rank: 0, style: 'bold' },
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
function decimal(value: number): string {
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
