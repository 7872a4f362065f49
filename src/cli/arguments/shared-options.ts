/** Options and parts that the long commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { environment } from '#cli/process/environment';
import { stopOnSignal } from '#cli/process/stop-signal';
import { standardReporter } from '#cli/terminal/log';
import { environmentOverrides, type Override, parseOverride } from '#core/documents/overrides';
import { Failure } from '#core/failure';
import { usableCores } from '#core/machine/cores';
import { slug } from '#core/slug';
import type { ResumeMode } from '#jobs/runs/run-folder';
import type { Workers } from '#jobs/workers/worker-pool';
import { type BackendOptions, backendNames, openBackend } from '#networks/tensor/backend';

export interface WorkerOptions extends BackendOptions {
  readonly workers?: number | undefined;
}

export interface RunOptions extends WorkerOptions {
  readonly runId?: string;
  readonly root: string;
  readonly resume: ResumeMode;
  readonly extend?: true;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly profile?: number | true;
  readonly json?: true;
}

/** Gathers the values of an option that may be repeated. */
export const collected = (value: string, before: readonly string[]) => [...before, value];

/** Adds the options of a command that works in a run folder. */
export function withRunOptions(command: Command): Command {
  command
    .option('--run-id <id>', 'name of the run (default: name, stage and time)')
    .option('--root <folder>', 'the folder of the runs', 'runs')
    .addOption(
      new Option('--resume <mode>', 'go on with a run that is there')
        .choices(['allow', 'must', 'never'])
        .default('allow'),
    )
    .option('--extend', "let a run that is there go on to more steps; from there on its schedules are the longer run's")
    .option('--set <a.b=value>', 'set a value of the config; may be repeated', collected, [])
    .option('--seed <n>', 'set the seed', wholeNumber(0))
    .option('--profile [steps]', 'trace some steps (default: 20) to profile.json in the run', wholeNumber(1));
  return withWorkerOptions(command).option('--json', 'print one JSON document');
}

/** Adds the options of a command whose steps several processes may share. */
export function withWorkerOptions(command: Command): Command {
  command.option(
    '--workers <n>',
    'processes that share each step (default: the cores, as far as a step has samples or micro-batches for them)',
    wholeNumber(1, 1024),
  );
  return withBackendOptions(command);
}

/** Adds the options of a command that computes with tensors. */
export function withBackendOptions(command: Command): Command {
  return command
    .option(
      '--threads <n>',
      'threads of TensorFlow for each process (default: the cores over the workers)',
      wholeNumber(1, 1024),
    )
    .addOption(
      new Option(
        '--backend <name>',
        'what computes: native TensorFlow, or plain JavaScript (cpu), for tiny things only',
      )
        .choices(backendNames)
        .default('tensorflow'),
    );
}

/**
 * Who shares the steps: as many workers as are asked for or, by default, as there are cores and parts of a step to share
 * out; each with as many threads as are asked for, or with its part of the cores.
 *
 * @param what  names the parts, to refuse a flag that asks for more workers than there are of them
 */
export function workersOf({ workers, threads, backend }: WorkerOptions, parts: number, what: string): Workers {
  if (workers !== undefined && workers > parts) {
    throw new Failure('usage', `--workers: expected at most ${parts}, ${what}; got ${workers}`);
  }
  const cores = usableCores();
  const count = workers ?? Math.min(cores, parts);
  const own = Number(process.env['TF_NUM_INTRAOP_THREADS']) || Math.max(1, Math.floor(cores / count));
  return { count, backend, threads: threads ?? own };
}

/** Parses an option's whole number within bounds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const isWithin = /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
    if (!isWithin) throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return Number(value);
  };
}

/** Everything that was set outside the config, in rising precedence. */
export function overridesOf({ set, seed }: Pick<RunOptions, 'set' | 'seed'>): Override[] {
  const flags = set.map((assignment) => parseOverride(assignment));
  const seeds = seed === undefined ? [] : [{ path: ['seed'], value: seed, origin: `--seed ${seed}` }];
  return [...environmentOverrides(process.env.MNV4_SET), ...flags, ...seeds];
}

/** Steps to trace. */
export function profiledSteps({ profile }: RunOptions): number | undefined {
  return profile === true ? 20 : profile;
}

/** The default id of a run, `name-stage-20260131-235959`; the name as far as an id can hold it. */
export function defaultRunId(name: string, stage: string, now: Date): string {
  const [date, time] = now.toISOString().split(/[T.]/) as [string, string];
  return `${slug(name)}-${stage}-${date.replaceAll('-', '')}-${time.replaceAll(':', '')}`;
}

/** Runs long work with a backend, a reporter and ears for signals. */
export async function working<T>(workers: Workers, work: (tools: Tools) => Promise<T>): Promise<T> {
  const { backend, threads } = workers;
  openBackend({ backend, threads });
  const observer = standardReporter();
  const stop = stopOnSignal();
  try {
    const clock = () => performance.now();
    return await work({ observer, shouldStop: stop.asked, clock, environment: environment(), workers });
  } finally {
    stop.release();
    observer.close();
  }
}

export interface Tools {
  readonly observer: ReturnType<typeof standardReporter>;
  readonly shouldStop: () => boolean;
  readonly clock: () => number;
  readonly environment: object;
  readonly workers: Workers;
}
