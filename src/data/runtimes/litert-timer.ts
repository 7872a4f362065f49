/** Times models of LiteRT in one Python process, so that only their runs are measured and several can take turns. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type LitertLogits, litertEnvironment, litertFailure, requireLitert } from './litert.js';
import type { ProfiledEvent, TimedRun } from './timed-run.js';

/** A loaded model, ready to run. */
export interface LitertTimed {
  /** Name and version, such as `LiteRT 1.2.3`. */
  readonly runtime: string;
  /** Operators of the model that XNNPACK executes, and all. */
  readonly delegated: LitertLogits['delegated'];
  /** Runs it this many times in a row. */
  run(times: number): Promise<readonly TimedRun[]>;
}

const program = fileURLToPath(new URL('../../../src/data/runtimes/litert_timer.py', import.meta.url));

export class LitertTimer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #told = '';
  #models = 0;

  /** Starts the process; a backend failure if LiteRT is not installed. The caller closes it. */
  constructor(threads: number) {
    requireLitert();
    this.#process = spawn(litertEnvironment().python, ['-B', program, String(threads)]);
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#told = (this.#told + text).slice(-mostTold);
    });
    this.#process.stdin.on('error', () => {}); // a process that ends has no answer either, which is reported
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /**
   * Loads a model with one input and one output of float32, which runs on noise.
   *
   * @param profiled  true to run it with LiteRT's profiler
   */
  async load(file: string, { profiled }: { readonly profiled: boolean }): Promise<LitertTimed> {
    const answer = await this.#ask<Loaded>({ load: file, profile: profiled }, file);
    const model = this.#models++;
    return {
      runtime: `LiteRT ${answer.version}`,
      delegated: { to: 'XNNPACK', ops: answer.delegated, of: answer.ops },
      run: async (times) => {
        const { runs, names, us } = await this.#ask<Ran>({ model, times }, file);
        return runs.map((run, r) => ({ ...run, ...(profiled && { events: eventsOf(names, us[r] as number[]) }) }));
      },
    };
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin.end();
    await ended;
  }

  async #ask<T>(request: object, file: string): Promise<T> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done !== true) return JSON.parse(value) as T;
    throw litertFailure(file, this.#told);
  }
}

function eventsOf(names: readonly string[], us: readonly number[]): ProfiledEvent[] {
  return us.map((duration, i) => ({ name: names[i] as string, us: duration }));
}

const mostTold = 10_000; // characters of what the process prints, for the reason of its end

interface Loaded {
  readonly version: string;
  readonly ops: number;
  readonly delegated: number;
}

interface Ran {
  readonly runs: readonly TimedRun[];
  readonly names: readonly string[];
  /** For each run, the microseconds of each event. */
  readonly us: readonly (readonly number[])[];
}
