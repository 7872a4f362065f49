/** An arm of a study: the study's config with some values changed, or networks that are not searched for. */
import { dirname } from 'node:path';
import { z } from 'zod';
import { integer, list, record, text, word } from '#core/documents/conform';
import type { Located } from '#core/documents/document';
import { type Override, parseOverride } from '#core/documents/overrides';
import type { Architecture } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import type { LocatedConfig } from '#tasks/search/config/config';

export const count = (what: string) => integer(`a number of ${what} of at least 1`);

export const label = z
  .string({ error: 'a name' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, { error: 'a name of letters, digits and hyphens' });

export const values = z.record(z.string(), z.unknown(), {
  error: 'a mapping of keys of the search config, such as search.steps',
});

export const armSchema = record({
  name: label.describe('Name of the arm'),
  set: values.default({}).describe('Values of the config that this arm changes, by dotted key'),
  stages: list(word('coarse', 'fine'), 'a list of coarse and fine')
    .optional()
    .describe("Stages that it runs; by default those of the config; the last one's result is the arm's"),
  draw: count('architectures')
    .optional()
    .describe(
      'Architectures of the coarse space, or with coarseOf of the fine space, to draw uniformly among those on target, instead of a search',
    ),
  scaled: text('the name or the file of a network')
    .optional()
    .describe('Network that is scaled by width to the target and trained with every seed, instead of a search'),
  seeds: count('seeds').optional().describe("Seeds of this arm, the first of the study's; by default all"),
  runsOf: text('the name of another arm')
    .optional()
    .describe('Another arm, whose runs this arm uses, such as the coarse runs of a search in two stages'),
  coarseOf: text('the name of another arm')
    .optional()
    .describe('Another arm, whose coarse results this arm refines; its stages are then the fine one alone'),
});

/** A way to get architectures, for one target. */
export interface Arm {
  readonly name: string;
  /** Target of the first cost; null if the study states none. */
  readonly target: number | null;
  /** Name of the runs, with the target: this arm's, or those of the arm whose runs this one uses. */
  readonly runs: string;
  readonly draw?: number | undefined;
  /** The seeds with which it runs, ascending; none if the part of the study that runs leaves it out. */
  readonly seeds: readonly number[];
  /** The published network, before it is scaled. */
  readonly scaled?: Architecture | undefined;
  /** Name of the runs whose coarse results the fine stage refines; by default its own. */
  readonly coarseRuns?: string | undefined;
  readonly stages: readonly ('coarse' | 'fine')[];
  /** Returns the arm's config with a seed, counted from 1. */
  config(seed: number): LocatedConfig;
}

/** An entry of a study's `arms`, and what the study gives it. */
interface ArmSource {
  readonly located: Located;
  readonly arm: z.output<typeof armSchema>;
  /** Index of the arm. */
  readonly a: number;
  /** Target of the first cost and its index; null if the study states none. */
  readonly aim: { readonly target: number; readonly t: number } | null;
  /** The seeds that run. */
  readonly seeds: readonly number[];
  /** Values that all arms change. */
  readonly shared: readonly Override[];
  configWith(overrides: readonly Override[], seed: number): LocatedConfig;
}

/** Returns an arm for one target; mistakes in its values and in the network to scale are config failures. */
export function armOf({ located, arm, a, aim, seeds, shared, configWith }: ArmSource): Arm {
  const { file } = located;
  const changed = [...shared, ...assignments(arm.set, file, `arms[${a}].set`)];
  const aimed = aim && aimedAt(configWith(changed, 1), aim.target, `${file}: targets[${aim.t}]`);
  const config = (seed: number) => configWith(aimed === null ? changed : [...changed, aimed], seed);
  const { coarse, fine } = config(1).config;
  const present = (['coarse', 'fine'] as const).filter((stage) => ({ coarse, fine })[stage] !== undefined);
  const runs = (of: string) => (aim === null ? of : `${of}-at-${aim.target}`);
  const report = (message: string) => located.at(['arms', a, 'scaled'], message);
  const { name, draw, coarseOf } = arm;
  return {
    name,
    target: aim?.target ?? null,
    runs: runs(arm.runsOf ?? name),
    draw,
    seeds: seeds.filter((seed) => seed <= (arm.seeds ?? seed)),
    scaled: arm.scaled === undefined ? undefined : namedNetwork(arm.scaled, dirname(file), report),
    coarseRuns: coarseOf === undefined ? undefined : runs(coarseOf),
    stages: arm.stages ?? (coarseOf === undefined ? present : ['fine']),
    config,
  };
}

/** Returns the override that gives the first cost of a config another target. */
function aimedAt({ config }: LocatedConfig, value: number, origin: string): Override {
  const key = config.cost[0]?.cost === 'latency' ? 'targetMs' : 'target';
  return { path: ['cost', 0, key], value, origin };
}

/** Turns a mapping of dotted keys into overrides that report mistakes at the study's key. */
export function assignments(set: Readonly<Record<string, unknown>>, file: string, key: string): Override[] {
  return Object.entries(set).map(([name, value]) => {
    const { path } = parseOverride(`${name}=0`);
    return { path, value, origin: `${file}: ${key}.${name}` };
  });
}
