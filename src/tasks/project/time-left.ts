/** The progress of several phases as one: the place of the running phase, and the time until all are done. */
import type { Observer } from '#jobs/observer';
import type { Phase } from './phase.js';

/** Time that a phase takes on this machine and on the nominal one. */
interface Measured {
  readonly seconds: number;
  readonly nominalSeconds: number;
}

export interface PhaseClock {
  /** Returns an observer for the phase with this index; it adds the phase's place and the time left to all progress. */
  observing(phase: number, observer: Observer): Observer;
}

/**
 * Returns the clock of the phases, given in order.
 *
 * @param phases  those to do, without finished ones
 */
export function phaseClock(phases: readonly Pick<Phase, 'name' | 'nominalSeconds'>[]): PhaseClock {
  const measured = new Map<number, Measured>();
  return {
    observing: (at, observer) => ({
      ...observer,
      progress(progress) {
        const { step, steps, secondsLeft } = progress;
        const { name, nominalSeconds } = phases[at] as (typeof phases)[number];
        const shareLeft = steps > 0 ? 1 - step / steps : 0;
        if (secondsLeft !== undefined && shareLeft > 0) {
          measured.set(at, { seconds: secondsLeft / shareLeft, nominalSeconds });
        }
        const phase = {
          number: at + 1,
          of: phases.length,
          secondsLeft: secondsLeftOf(phases, at, secondsLeft, measured),
        };
        observer.progress({ ...progress, stage: name, phase });
      },
    }),
  };
}

/** The time left of the running phase, plus the nominal times of the later ones at the mean rate measured so far. */
function secondsLeftOf(
  phases: readonly Pick<Phase, 'nominalSeconds'>[],
  at: number,
  own: number | undefined,
  measured: ReadonlyMap<number, Measured>,
): number | undefined {
  if (own === undefined || measured.size === 0) return undefined;
  const sum = (of: (one: Measured) => number) => [...measured.values()].reduce((total, one) => total + of(one), 0);
  const rate = sum(({ seconds }) => seconds) / sum(({ nominalSeconds }) => nominalSeconds);
  const later = phases.slice(at + 1).reduce((total, { nominalSeconds }) => total + nominalSeconds, 0);
  return own + rate * later;
}
