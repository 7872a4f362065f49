/**
 * Tells a worker that hangs from a slow one. A slow worker still begins ops; one that hangs begins none, or its whole
 * process stands still, while another waits for it, for a time that grows with the measured time of a step.
 */
import type { Pulse } from '#core/pulse';

export const stallLimits = {
  /** The shortest time without progress that counts as hanging: a disk or a page file may take many seconds. */
  leastMs: 60_000,
  /** The same in steps; a step has hundreds of ops, so even its longest op takes a small part of it. */
  steps: 20,
  /** How many times longer worker 0, which writes checkpoints, and a worker that still opens its data may take. */
  patience: 10,
};

export type StallLimits = Readonly<typeof stallLimits>;

/** A worker that hangs. */
export interface Stall {
  readonly rank: number;
  /** Time without progress in ms. */
  readonly idleMs: number;
  /** Time of a step in ms, the longest of the latest ones; 0 before the first. */
  readonly stepMs: number;
}

/**
 * Returns a function to call regularly with the pulses of all workers by rank, undefined for one that is not watched; it
 * returns the first worker that hangs, if any. `elapsedMs` is the time since the last call in which this process was able
 * to look.
 */
export function stallWatch(
  limits: StallLimits = stallLimits,
): (elapsedMs: number, pulses: readonly (Pulse | undefined)[]) => Stall | undefined {
  let before: readonly (Pulse | undefined)[] = [];
  let idleMs: readonly number[] = [];
  let stepMs = 0;
  let sinceStepMs = 0;
  return (elapsedMs, pulses) => {
    const finished = before[0]?.steps ?? 0;
    const steps = (pulses[0]?.steps ?? 0) - finished;
    sinceStepMs += elapsedMs;
    if (steps > 0) {
      if (finished > 0) stepMs = Math.max(sinceStepMs / steps, 0.9 * stepMs); // before the first, data was opened
      sinceStepMs = 0;
    }
    const hasWaiting = pulses.some((pulse) => pulse?.waits);
    idleMs = pulses.map((pulse, rank) => {
      return hasWaiting && isIdle(pulse, before[rank]) ? (idleMs[rank] ?? 0) + elapsedMs : 0;
    });
    before = pulses;
    const limitMs = Math.max(limits.leastMs, limits.steps * stepMs);
    const hasFinished = (pulses[0]?.steps ?? 0) > 0; // a step, in which all took part, even those that published before
    const rank = idleMs.findIndex((ms, r) => {
      const isPatient = r === 0 || !(hasFinished || pulses[r]?.hasBegun);
      return ms > (isPatient ? limits.patience : 1) * limitMs;
    });
    return rank < 0 ? undefined : { rank, idleMs: idleMs[rank] as number, stepMs };
  };
}

/** True if a worker neither waits nor has begun an op, or if its process stands still. */
function isIdle(now: Pulse | undefined, before: Pulse | undefined): boolean {
  if (now === undefined || before === undefined) return false;
  return now.publications === before.publications || (!now.waits && now.beats === before.beats);
}

/** A sentence that names the worker. */
export function stallText({ rank, idleMs, stepMs }: Stall, size: number): string {
  const step = stepMs === 0 ? '' : `; a step takes ${(stepMs / 1000).toFixed(1)} s`;
  return `worker ${rank} of ${size} hangs: no progress for ${Math.round(idleMs / 1000)} s while others wait${step}`;
}
