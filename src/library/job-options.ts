/** Options of long work. */

/** Options of work that takes minutes to hours. */
export interface JobOptions {
  /** Folder of the runs; by default `runs` in the working directory. */
  readonly root?: string;
  /** Name of the run: work with the same name resumes what an earlier call left. By default, that of the config. */
  readonly id?: string;
  /** Values that replace those of the file, by path: `{ 'coarse.steps': 10 }`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Processes that share each step; by default one per core, as far as a step has work for them. */
  readonly workers?: number;
  /** TensorFlow threads of each process; by default the cores divided by the workers. */
  readonly threads?: number;
  /** `cpu` computes in plain JavaScript, some 250 times slower, and needs no set-up. */
  readonly backend?: 'tensorflow' | 'cpu';
  /** Stops the work after the current step. What is done is saved; the promise rejects with a `stopped` failure. */
  readonly signal?: AbortSignal;
  /** Receives progress, after each step or some of them. */
  readonly onProgress?: (progress: Progress) => void;
  /** Receives notes and warnings. */
  readonly onNote?: (message: string) => void;
}

/** Progress of a stage of the work. */
export interface Progress {
  /** Name of the stage, such as `coarse`. */
  readonly stage: string;
  /** Finished steps, and all. */
  readonly step: number;
  readonly steps: number;
  /** Estimated seconds until the stage ends, once they are known. */
  readonly secondsLeft?: number;
}
