/** The progress of a long command as a few lines: place, time, reward or loss, costs against their targets. */
import type { CostProgress, Progress } from '#jobs/observer';
import { fittedLine, lengthOf, type Part } from './parts.js';
import { decimal, duration, notableExcess, notableWait, placedStage, signedPercent } from './progress.js';
import { shareBar, sparkline } from './sparkline.js';

export interface ProgressView {
  readonly fields: Progress;
  /** Rewards or, in a training, losses of the stage so far, one for each report. */
  readonly course: readonly number[];
  readonly stepsPerSecond: number | undefined;
  /** Time since the last report, by which the time left is shorter. */
  readonly secondsSince: number;
}

const barWidth = 20;
const mostBars = 40; // of the sparkline

/** Returns the lines, none of them wider than `width`; those without figures are left out. */
export function progressBlock(view: ProgressView, width: number, colours: boolean): string[] {
  const lines = [placeParts(view.fields), timeParts(view), courseParts(view, width), ...costLines(view.fields)];
  return lines.filter((parts) => parts.length > 0).map((parts) => fittedLine(parts, width, colours));
}

/** Returns the value whose course the sparkline shows. */
export function courseValue({ reward, loss }: Progress): number | undefined {
  return reward ?? loss;
}

function placeParts(fields: Progress): Part[] {
  const { step, steps, run } = fields;
  const share = steps > 0 ? step / steps : undefined;
  return [
    { text: placedStage(fields), rank: 0, style: 'bold' },
    ...(share === undefined ? [] : [{ text: shareBar(share, barWidth), rank: 3, style: 'green' as const }]),
    { text: `${step}/${steps}`, rank: 1 },
    ...part(share, 2, (value) => `${Math.floor(100 * value)}%`),
    ...(run === undefined ? [] : [{ text: run, rank: 4, style: 'dim' as const }]),
  ];
}

function timeParts({ fields, stepsPerSecond, secondsSince }: ProgressView): Part[] {
  const { secondsLeft, phase, imagesPerSecond, dataWait = 0 } = fields;
  const left = (seconds: number) => duration(seconds - secondsSince);
  return [
    ...part(secondsLeft, 0, (value) => `${left(value)} left`),
    ...part(phase?.secondsLeft, 1, (value) => `${left(value)} in all`),
    ...part(stepsPerSecond, 2, rate),
    ...part(imagesPerSecond, 3, (value) => `${Math.round(value).toLocaleString('en-US')} images/s`),
    ...part(dataWait >= notableWait ? dataWait : undefined, 4, (share) => `data wait ${Math.round(100 * share)}%`),
  ];
}

/** Formats steps per second, or the seconds of a step that takes longer than one. */
function rate(stepsPerSecond: number): string {
  return stepsPerSecond >= 1
    ? `${stepsPerSecond.toPrecision(3)} steps/s`
    : `${(1 / stepsPerSecond).toPrecision(3)} s/step`;
}

function courseParts({ fields, course }: ProgressView, width: number): Part[] {
  const { reward, loss, quality } = fields;
  const rewardPart = part(reward, 0, (value) => `reward ${decimal(value)}`);
  const lossPart = part(loss, rewardPart.length === 0 ? 0 : 4, (value) => `loss ${decimal(value)}`);
  const shown = rewardPart.length > 0 ? rewardPart : lossPart;
  if (shown.length === 0) return part(quality, 0, (value) => `quality ${decimal(value)}`);
  const bars = sparkline(course, Math.min(mostBars, width - lengthOf(shown) - 2));
  return [
    ...shown,
    ...(bars === '' ? [] : [{ text: bars, rank: 1, style: 'green' as const }]),
    ...part(quality, 2, (value) => `quality ${decimal(value)}`),
    ...(rewardPart.length > 0 ? lossPart : []),
  ];
}

/** A line for each cost: that of the policy and that of its most likely architecture, against the target. */
function costLines({ costs = [] }: Progress): Part[][] {
  return costs.map(({ name, expected, argmax, target }: CostProgress) => {
    const against = (what: string, value: number, rank: number): Part => {
      const excess = value / target - 1;
      const text = `${what} ${amount(value)} (${signedPercent(excess)})`;
      return { text, rank, ...(excess > notableExcess && { style: 'yellow' as const }) };
    };
    return [against(name, expected, 0), { text: `target ${amount(target)}`, rank: 1 }, against('argmax', argmax, 2)];
  });
}

/** Formats a cost with a steady width: 0.0812, 12.30, 1,234,567. */
function amount(value: number): string {
  return Math.abs(value) < 1000 ? value.toPrecision(3) : Math.round(value).toLocaleString('en-US');
}

function part(value: number | undefined, rank: number, text: (value: number) => string): Part[] {
  return value === undefined || !Number.isFinite(value) ? [] : [{ text: text(value), rank }];
}
