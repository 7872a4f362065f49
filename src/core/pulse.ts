/** Signs of progress of this process, in memory that a thread can read while the process computes. */

/** Words of 32 bits: beats, 1 while it waits for other workers, finished steps, 1 once it has waited, publications. */
export const pulseWords = 5;

const words = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * pulseWords));

/** The memory of this process's pulse. */
export const pulseMemory = words.buffer;

/** Begins the pulse of another job. */
export function resetPulse(): void {
  words.fill(0);
}

/** Notes that an op of the tensor layer begins; takes about a nanosecond. */
export function beat(): void {
  words[0] = ((words[0] as number) + 1) | 0;
}

/** Notes that this worker begins (true) or ends (false) to wait for the others. */
export function noteWaiting(waits: boolean): void {
  beat();
  words[1] = Number(waits);
  words[3] = 1;
}

/** Notes that a step is finished. */
export function noteStep(): void {
  words[2] = ((words[2] as number) + 1) | 0;
}

export interface Pulse {
  /** Changes with every op; only equality counts, since it wraps around. */
  readonly beats: number;
  readonly waits: boolean;
  readonly steps: number;
  /** True once the worker has waited for the others for the first time. */
  readonly hasBegun: boolean;
  /** How often it was published, by a thread that runs whatever the process computes. */
  readonly publications: number;
}

export function pulseOf([beats = 0, waits = 0, steps = 0, begun = 0, publications = 0]: Int32Array): Pulse {
  return { beats, waits: waits === 1, steps, hasBegun: begun === 1, publications };
}
