/** Options of commands that work in run folders, and the overrides, run id and resume mode that they give. */
import { environmentOverrides, type Override, parseOverride } from '#core/documents/overrides';
import { slug } from '#core/slug';
import type { OptionSpec, OptionsOf } from './command-spec.js';
import { jsonOption } from './json-option.js';
import { rootOption } from './root-option.js';
import { wholeNumber } from './whole-number.js';
import { workerOptions } from './worker-options.js';

export const setOption = {
  flag: '--set <a.b=value>',
  description: 'override a value of the config; may be repeated',
  parse: (value: string, before: readonly string[] = []): readonly string[] => [...before, value],
} as const satisfies OptionSpec;

/** Options that change a config or recipe. */
export const overrideOptions = [
  setOption,
  { flag: '--seed <n>', description: 'override the seed', parse: wholeNumber(0) },
] as const satisfies readonly OptionSpec[];

const runId = { flag: '--run-id <id>', description: 'name of the run (default: NAME-STAGE-TIME)' } as const;

/** Options of every command that makes or resumes a run. */
export const resumeOptions = [
  {
    flag: '--resume <mode>',
    description: 'an existing run is resumed (allow), required and resumed (must), or refused (never)',
    choices: ['allow', 'must', 'never'],
    default: 'allow',
  },
  {
    flag: '--extend',
    description: 'resume a run with more steps than it began with; from there on its schedules span the longer run',
  },
  ...overrideOptions,
  {
    flag: '--profile [steps]',
    description: 'trace some steps (default: 20) and write profile.json to the run folder',
    parse: wholeNumber(1),
  },
  ...workerOptions,
  jsonOption,
] as const satisfies readonly OptionSpec[];

/** Options of a command that works in one run folder. */
export const runOptions = [runId, rootOption, ...resumeOptions] as const satisfies readonly OptionSpec[];

/** Returns the values set outside the config, in rising precedence: MNV4_SET, --set, --seed. */
export function overridesOf({ set = [], seed }: OptionsOf<typeof overrideOptions>): Override[] {
  const flags = set.map((assignment) => parseOverride(assignment));
  const seeds = seed === undefined ? [] : [{ path: ['seed'], value: seed, origin: `--seed ${seed}` }];
  return [...environmentOverrides(process.env.MNV4_SET), ...flags, ...seeds];
}

/** Returns the options that a task needs to open or resume its run; --profile alone traces 20 steps. */
export function resumption({ resume, extend, profile }: OptionsOf<typeof resumeOptions>) {
  return { resume, extend, profile: profile === true ? 20 : profile };
}

/** The default id of a run, `name-stage-20260131-235959` in UTC, with the name shortened by `slug`. */
export function defaultRunId(name: string, stage: string, now: Date): string {
  const [date, time] = now.toISOString().split(/[T.]/) as [string, string];
  return `${slug(name)}-${stage}-${date.replaceAll('-', '')}-${time.replaceAll(':', '')}`;
}
