/** One run of a network in a runtime, by the clock. */
export interface TimedRun {
  readonly ms: number;
  /** Milliseconds that the process's threads spent on processors during the run. */
  readonly busyMs: number;
  /** True if the operating system took a processor from the process during the run. */
  readonly interrupted: boolean;
  /** Operators that the runtime executed, in their order, for a network that runs with a profiler. */
  readonly events?: readonly ProfiledEvent[];
}

export interface ProfiledEvent {
  /** The runtime's name of the operator. */
  readonly name: string;
  /** Duration in whole microseconds, the rest cut off. */
  readonly us: number;
}
