/** The settings of a stage as its run folder keeps them: every value, and where it came from. */
import { basename } from 'node:path';
import { Document, type Scalar } from 'yaml';
import { type Path, valueAt } from '#core/documents/document';
import { leaves } from '#core/documents/flatten';
import type { LocatedConfig, StageName } from './config.js';
import type { StageSettings } from './stage-settings.js';

export interface ResolvedConfig {
  /** Plain values, to compare on resuming. */
  readonly values: Readonly<Record<string, unknown>>;
  /** YAML with the origin of each value behind it: `default`, the config's name, or the override. */
  readonly yaml: string;
}

export function resolvedConfig(config: LocatedConfig, stage: StageName, settings: StageSettings): ResolvedConfig {
  const { name, seed, dataset, cost, coarse, fine } = config.config;
  const named =
    stage === 'coarse' ? { space: coarse?.space } : { refine: fine?.refine, warmStart: fine?.warmStart ?? false };
  const values = { name, seed, dataset, cost, [stage]: { ...named, ...settings } };
  const document = new Document(values);
  for (const [path] of leaves(values)) {
    (document.getIn(path, true) as Scalar).comment = ` ${originOf(config, stage, path)}`;
  }
  return { values, yaml: String(document) };
}

/** Where a value stands: in the stage's section, else in the shared one; at an override; or nowhere. */
function originOf({ located, file }: LocatedConfig, stage: StageName, path: Path): string {
  const places = path[0] === stage ? [path, ['search', ...path.slice(1)]] : [path];
  const place = places.find((candidate) => valueAt(located.value, candidate) !== undefined);
  if (place === undefined) return 'default';
  const origin = located.at(place, '').file;
  return origin === undefined || origin === file ? basename(file) : origin;
}
