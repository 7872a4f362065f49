/** Time of an inference. */
import { median } from './scores.js';
import type { Session } from './sessions.js';

const most = { samples: 15, ms: 1500 };
const least = { samples: 3, ms: 5 };

export interface Timing {
  /** Median milliseconds of an inference. */
  readonly ms: number;
  /** Number of measurements. */
  readonly samples: number;
}

/**
 * Measures inferences after a warm-up. Clocks of browsers are coarse, so that a measurement takes several inferences if
 * they are short; it pauses between measurements, so that the page reacts.
 */
export async function timed({ run }: Pick<Session, 'run'>, values: Float32Array): Promise<Timing> {
  const once = async (times: number) => {
    const from = performance.now();
    for (let i = 0; i < times; i++) await run(values);
    return (performance.now() - from) / times;
  };
  await once(1);
  const times = Math.ceil(least.ms / Math.max(await once(1), 0.1));
  const samples: number[] = [];
  const start = performance.now();
  const goesOn = () => samples.length < most.samples && performance.now() - start < most.ms;
  while (samples.length < least.samples || goesOn()) {
    samples.push(await once(times));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { ms: median(samples), samples: samples.length };
}
