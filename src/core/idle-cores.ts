/** How workers of one host lend each other the cores of those that wait. */
export interface IdleCores {
  /**
   * Begins, with a counter of 32 bits, zero at first, in memory that all workers share; ends with `workers` of 1.
   *
   * @param offset  where the counter lies, in bytes
   */
  share(descriptor: number, offset: number, workers: number): void;
  /** This worker begins to wait for the others, or has ended to. */
  wait(waits: boolean): void;
}

/** Nobody lends anything. */
export const ownCores: IdleCores = { share: () => {}, wait: () => {} };
