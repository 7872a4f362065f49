// The tables that the benchmark prints.
import { cpus } from 'node:os';
import { aligned } from '#cli/terminal/table';
import { usableCores } from '#core/machine/cores';
import { torchPins } from '../../python/environment.mjs';

export function machine() {
  const [{ model }] = cpus();
  return { cpu: model.trim(), cores: usableCores(), node: process.version, torch: torchPins.torch };
}

/** One row per workload and way, as lines. */
export function timingTable(results) {
  const head = ['workload', 'against', 'ours ms', 'theirs ms', 'ours images/s', 'theirs images/s', 'ratio', '95 %'];
  const rows = results.flatMap(({ workload, ours, others }) =>
    Object.entries(others ?? {}).map(([way, other]) => [
      workload,
      way,
      ours.stepMs.toFixed(1),
      other.stepMs.toFixed(1),
      ours.imagesPerSecond.toFixed(0),
      other.imagesPerSecond.toFixed(0),
      other.ratio.toFixed(2),
      other.interval.map((bound) => bound.toFixed(2)).join(' to '),
    ]),
  );
  return rows.length === 0 ? [] : aligned([head, ...rows], new Set([2, 3, 4, 5, 6]));
}

/** Shares of a step that our workers spend averaging and waiting, and that cores are idle, as lines. */
export function workersTable(results) {
  const head = ['workload', 'averaging', 'waiting for the last worker', 'idle cores'];
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const rows = results
    .filter(({ ours }) => ours !== undefined)
    .map(({ workload, ours }) => [
      workload,
      percent(ours.averagingShare),
      percent(ours.waitingShare),
      percent(ours.idleShare),
    ]);
  return rows.length === 0 ? [] : aligned([head, ...rows], new Set([1, 2, 3]));
}

export function agreementTable(results) {
  const head = ['workload', 'against', 'loss, step 1', 'step 20', 'difference, step 1', 'largest', ''];
  const rows = results.flatMap(({ workload, agreements }) =>
    Object.entries(agreements).map(([way, { agrees, atFirstStep, largest, firstLoss, lastLoss }]) => [
      workload,
      way,
      firstLoss.toFixed(4),
      lastLoss.toFixed(4),
      atFirstStep.toExponential(1),
      largest.toExponential(1),
      agrees ? 'agrees' : 'DIFFERS',
    ]),
  );
  return aligned([head, ...rows], new Set([2, 3, 4, 5]));
}
