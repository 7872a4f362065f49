/** A stage's settings as stored in its run folder: every value with its origin. */
import { basename } from 'node:path';
import { Document, type Scalar } from 'yaml';
import { type Path, valueAt } from '#core/documents/document';
import { leaves } from '#core/documents/flatten';
import type { LocatedConfig, StageName } from './config.js';
import type { StageSettings } from './stage-settings.js';

export interface ResolvedConfig {
  /** Plain values, compared on resume. */
  readonly values: Readonly<Record<string, unknown>>;
  /** YAML with the origin of each value as a comment on its line: `default`, the config's name, or the override. */
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

/**
 * Returns a value's origin: `default`, the config's name, or the override; a stage's section precedes the shared one.
 */
function originOf({ located, file }: LocatedConfig, stage: StageName, path: Path): string {
  const places = path[0] === stage ? [path, ['search', ...path.slice(1)]] : [path];
  const place = places.find((candidate) => valueAt(located.value, candidate) !== undefined);
  if (place === undefined) return 'default';
  const origin = located.at(place, '').file;
  return origin === undefined || origin === file ? basename(file) : origin;
}
