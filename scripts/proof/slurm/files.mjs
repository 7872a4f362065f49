// @ts-check
/** SHA-256s of the files of a finished run, to compare them with those of another. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutClock } from '../resume/fingerprints.mjs';

/**
 * Returns the SHA-256s of a run's files and of its last checkpoint, without what depends on clock, machine and job. A
 * request to stop adds a checkpoint, which may be kept as the best; so earlier ones are left out.
 *
 * @param {string} folder @returns {Record<string, string>}
 */
export function filesOf(folder) {
  const last = join('checkpoints', readdirSync(join(folder, 'checkpoints')).sort().at(-1) ?? '');
  const names = readdirSync(folder).filter((name) => name.includes('.') && name !== 'environment.json');
  const files = [...names, join(last, 'weights.safetensors'), join(last, 'state.json')];
  return Object.fromEntries(files.map((name) => [name, sha256(contentOf(join(folder, name)))]));
}

/** Names of the files that differ, or that only one of them has. @param {string} folder @param {string} other */
export function differing(folder, other) {
  const [a, b] = [filesOf(folder), filesOf(other)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

/** @param {string | Uint8Array} content */
function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** @param {string} file */
function contentOf(file) {
  if (file.endsWith('events.jsonl')) {
    return readFileSync(file, 'utf8').trimEnd().split('\n').map(withoutClock).join('\n');
  }
  if (!file.endsWith('state.json')) return readFileSync(file);
  const { job, ...state } = JSON.parse(readFileSync(file, 'utf8'));
  return JSON.stringify(state);
}
