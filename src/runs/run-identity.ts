/** Whether a run may be resumed: its config and space must be what they were when it began. */
import { shown } from '../core/conform.js';
import { Failure } from '../core/failure.js';
import { readBytes, readJson } from '../core/files.js';

/** Values of the resolved config by dotted key. */
export type Identity = Readonly<Record<string, unknown>>;

const remedy = 'restore what was changed, or begin another run with --run-id';

/** Fails with every key that is not what the run began with; `identityFile` holds that, `configFile` is named. */
export function refuseOtherConfig(
  identityFile: string,
  configFile: string,
  now: Identity,
  mayChange: readonly string[],
): void {
  const was = readJson(identityFile) as Identity;
  const keys = [...new Set([...Object.keys(was), ...Object.keys(now)])].filter((key) => !mayChange.includes(key));
  const changed = keys.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(now[key]));
  if (changed.length === 0) return;
  const diagnostics = changed.map((key) => ({
    file: configFile,
    path: key,
    message: `was ${shown(was[key])}, is ${shown(now[key])}`,
  }));
  throw new Failure('config', diagnostics, remedy);
}

/** Fails at the first line in which the space is not the one that the run began with. */
export function refuseOtherSpace(file: string, now: string): void {
  const before = Buffer.from(readBytes(file)).toString('utf8').split('\n');
  const after = now.split('\n');
  const line = before.findIndex((text, i) => text !== after[i]);
  if (line < 0 && before.length === after.length) return;
  const at = line < 0 ? before.length : line;
  const message = `was ${shown(before[at]?.trim())}, is ${shown(after[at]?.trim())}`;
  throw new Failure('config', { file, line: at + 1, message }, remedy);
}
