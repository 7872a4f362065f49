/** Options and parts that the long commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { environmentOverrides, type Override, parseOverride } from '../core/overrides.js';
import { type BackendOptions, backendNames, openBackend } from '../nn/backend.js';
import type { ResumeMode } from '../runs/run-folder.js';
import { environment } from './environment.js';
import { standardReporter } from './log.js';
import { stopOnSignal } from './stop-signal.js';

export interface RunOptions extends BackendOptions {
  readonly runId?: string;
  readonly root: string;
  readonly resume: ResumeMode;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly json?: true;
}

const collected = (value: string, before: readonly string[]) => [...before, value];

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
    .option('--set <a.b=value>', 'set a value of the config; may be repeated', collected, [])
    .option('--seed <n>', 'set the seed', wholeNumber(0));
  return withBackendOptions(command).option('--json', 'print one JSON document');
}

/** Adds the options of a command that computes with tensors. */
export function withBackendOptions(command: Command): Command {
  return command
    .option(
      '--threads <n>',
      'threads of TensorFlow (default: the cores that this process may use)',
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

/** `name-stage-20260131-235959`, the default id of a run. */
export function defaultRunId(name: string, stage: string, now: Date): string {
  const [date, time] = now.toISOString().split(/[T.]/) as [string, string];
  return `${name}-${stage}-${date.replaceAll('-', '')}-${time.replaceAll(':', '')}`;
}

/** Runs long work with a backend, a reporter and ears for signals. */
export async function working<T>({ backend, threads }: BackendOptions, work: (tools: Tools) => Promise<T>): Promise<T> {
  openBackend({ backend, threads });
  const observer = standardReporter();
  const stop = stopOnSignal();
  try {
    return await work({ observer, shouldStop: stop.asked, clock: () => performance.now(), environment: environment() });
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
}
