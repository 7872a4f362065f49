// @ts-check
/** SHA-256s of the files that a search leaves, except for values that depend on the clock. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SHA-256s by stage and file, with the run's id replaced by ID.
 *
 * @param {string} runs @param {string} id @returns {Record<string, string>}
 */
export function fingerprints(runs, id) {
  const entries = ['coarse', 'fine'].flatMap((stage) => {
    const folder = join(runs, `${id}-${stage}`);
    const checkpoints = readdirSync(join(folder, 'checkpoints')).sort();
    const files = [
      ...checkpoints.flatMap((name) =>
        ['weights.safetensors', 'state.json'].map((file) => join('checkpoints', name, file)),
      ),
      ...[
        'policy.jsonl',
        'samples.jsonl',
        'events.jsonl',
        'architecture.yaml',
        'result.json',
        'config.yaml',
        'space.yaml',
        'state.json',
      ],
    ];
    return files.map((name) => [`${stage}/${name}`, sha256(contentOf(join(folder, name), id))]);
  });
  return Object.fromEntries(entries);
}

/** @param {string | Uint8Array} content */
function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** @param {string} file @param {string} id */
function contentOf(file, id) {
  if (file.endsWith('.safetensors')) return readFileSync(file);
  const text = readFileSync(file, 'utf8').replaceAll(id, 'ID');
  return file.endsWith('events.jsonl') ? text.trimEnd().split('\n').map(withoutClock).join('\n') : text;
}

/** An event without its speeds and memory figures. @param {string} line */
export function withoutClock(line) {
  const { imagesPerSecond, dataWait, memoryMb, tensors, ...event } = JSON.parse(line);
  return JSON.stringify(event);
}
