/** Agreement between the results of searches that differ only in their seed. */
import { join } from 'node:path';
import { deviationOf, meanOf } from '#core/statistics/scoring';
import { readSearchResult, type SearchResult } from '#jobs/runs/run-result';
import { readState } from '#jobs/runs/run-state';
import { decisionsFor } from '#networks/space/decisions-for';
import { readNetwork, readSpace } from '#networks/space/parse';
import { type Architecture, type Decisions, isActive, type Space } from '#networks/space/space';

/** Distribution of a figure over the searches. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation; null for one search. */
  readonly deviation: number | null;
  readonly least: number;
  readonly most: number;
}

export interface Agreement {
  readonly runs: readonly string[];
  /** Share of choices on which two searches agree, averaged over all pairs; null for one search. */
  readonly agreement: number | null;
  /**
   * Number of searches that took each option, by the path of the choice; `-` counts searches in which the choice is
   * inactive.
   */
  readonly choices: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Accuracy of the winners on the validation split. */
  readonly accuracy: Spread;
  readonly reward: Spread;
  readonly costs: Readonly<Record<string, Spread & { readonly target: number }>>;
}

/** @param folders  folders of finished runs of one stage */
export function agreementOf(folders: readonly string[]): Agreement {
  const results = folders.map(readSearchResult);
  const chosen = folders.map((folder, i) => chosenIn(folder, results[i] as SearchResult));
  const spread = (value: (result: SearchResult) => number) => spreadOf(results.map(value));
  const costs = Object.entries(results[0]?.costs ?? {}).map(([name, { target }]) => {
    return [name, { ...spread(({ costs }) => costs[name]?.value as number), target }] as const;
  });
  return {
    runs: folders.map((folder) => readState(folder).id),
    agreement: pairwiseAgreement(chosen),
    choices: Object.fromEntries(pathsOf(chosen).map((path) => [path, counted(chosen.map((values) => values[path]))])),
    accuracy: spread(({ held }) => held.top1),
    reward: spread(({ reward }) => reward),
    costs: Object.fromEntries(costs),
  };
}

function chosenIn(folder: string, { decisions }: SearchResult): Chosen {
  const architecture = readNetwork(join(folder, 'architecture.yaml'));
  return chosenByRun(readSpace(join(folder, 'space.yaml')), architecture, decisions);
}

/** Returns the chosen values, the same for the same network, whichever of several equivalent decisions led to it. */
export function chosenByRun(space: Space, architecture: Architecture, decisions: Decisions): Chosen {
  return chosenValues(space, decisionsFor(space, architecture) ?? decisions);
}

export function spreadOf(values: readonly number[]): Spread {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { mean: meanOf(values), deviation: deviationOf(values), least, most };
}

type Chosen = Readonly<Record<string, string>>;

/** Returns the options that the decisions take, by the paths of the active choices. */
export function chosenValues({ choices }: Space, decisions: Decisions): Chosen {
  const chosen = choices
    .filter((choice) => isActive(choice, decisions))
    .map(({ id, path, options }) => [path, String(options[decisions[id] as number])] as const);
  return Object.fromEntries(chosen);
}

function pathsOf(chosen: readonly Chosen[]): string[] {
  return [...new Set(chosen.flatMap((values) => Object.keys(values)))];
}

function counted(values: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value ?? '-'] = (counts[value ?? '-'] ?? 0) + 1;
  return counts;
}

/** Returns the share of choices on which two searches agree, averaged over all pairs; null if there are no pairs. */
export function pairwiseAgreement(chosen: readonly Chosen[]): number | null {
  const pairs = chosen.flatMap((a, i) => chosen.slice(0, i).map((b) => [a, b] as const));
  return pairs.length === 0 ? null : meanOf(pairs.map(([a, b]) => sharedOf(a, b)));
}

function sharedOf(a: Chosen, b: Chosen): number {
  const paths = pathsOf([a, b]);
  return paths.length === 0 ? 1 : paths.filter((path) => a[path] === b[path]).length / paths.length;
}
