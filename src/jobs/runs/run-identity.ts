/** Checks that a run may be resumed: its config and space must be those with which it began. */
import { join } from 'node:path';
import { z } from 'zod';
import { readChecked } from '#core/documents/conform';
import { type RenamedKey, withNewDottedKeys } from '#core/documents/renamed-keys';
import { Failure } from '#core/failure';
import { readUtf8 } from '#core/files/files';
import { shown } from '#core/shown';

/** Values of the resolved config by dotted key. */
export type Identity = Readonly<Record<string, unknown>>;

const identitySchema = z.record(z.string(), z.unknown(), { error: 'a mapping' });

const restoring = 'restore what was changed, or begin another run with --run-id';
const extending = 'extend the run to more steps with --extend, or begin another one with --run-id';

/** The request that a run must match. */
export interface Asked {
  /** Total number of steps. */
  readonly steps: number;
  /** The key of `identity` that determines the number of steps. */
  readonly lengthKey: string;
  /** True if an existing run may be extended to more steps. */
  readonly extend?: boolean | undefined;
  /** Values of the resolved config by dotted key; they must be unchanged on resuming. */
  readonly identity: Identity;
  /** Keys that had other names in older runs. */
  readonly renamedKeys?: readonly RenamedKey[];
  /** The space as YAML; it must be unchanged on resuming. */
  readonly space: string;
}

/**
 * Throws a config failure that lists every change if the run in `folder` differs from the request; with `extend`, the
 * request may have more steps.
 *
 * @param before  total number of steps of the existing run
 */
export function refuseOtherRun(folder: string, before: number, asked: Asked): void {
  const { steps, lengthKey, extend } = asked;
  refuseOtherSpace(join(folder, 'space.yaml'), asked.space);
  const kept = readChecked(join(folder, 'identity.json'), identitySchema);
  const was: Identity = withNewDottedKeys(kept, asked.renamedKeys ?? []);
  const changes = changesOf(was, asked.identity).map((change) => ({ file: join(folder, 'config.yaml'), ...change }));
  const others = changes.filter(({ path }) => path !== lengthKey);
  const lengths = changes.filter(({ path }) => path === lengthKey);
  if (steps !== before && lengths.length === 0) {
    // for example, images were added, which the config does not show
    lengths.push({ file: join(folder, 'state.json'), path: 'steps', message: `was ${before}, is ${steps}` });
  }
  const isLonger = steps > before;
  const refused = isLonger && extend ? others : [...lengths, ...others];
  if (refused.length > 0) throw new Failure('config', refused, isLonger && others.length === 0 ? extending : restoring);
}

interface Change {
  readonly path: string;
  readonly message: string;
}

function changesOf(was: Identity, now: Identity): Change[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(now)])];
  const changed = keys.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(now[key]));
  return changed.map((path) => ({ path, message: `was ${shown(was[path])}, is ${shown(now[path])}` }));
}

/** Fails at the first line in which the space differs from the one that the run began with. */
function refuseOtherSpace(file: string, now: string): void {
  const before = readUtf8(file).split('\n');
  const after = now.split('\n');
  const line = before.findIndex((text, i) => text !== after[i]);
  if (line < 0 && before.length === after.length) return;
  const at = line < 0 ? before.length : line;
  const message = `was ${shown(before[at]?.trim())}, is ${shown(after[at]?.trim())}`;
  throw new Failure('config', { file, line: at + 1, message }, restoring);
}
