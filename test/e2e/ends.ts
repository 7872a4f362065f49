/** What a run that is done leaves, to compare it with another's. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '#core/files/files';

/** The files of a run by name, its last checkpoint's among them; of its events what does not depend on the clock. */
export function endOf(folder: string): Record<string, string> {
  const last = join('checkpoints', readdirSync(join(folder, 'checkpoints')).sort().at(-1) as string);
  const present = readdirSync(folder);
  const names = ['result.json', 'architecture.yaml', 'policy.jsonl'].filter((name) => present.includes(name)); // a training has no policy
  const texts = [...names, join(last, 'state.json')].map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  const weights = join(last, 'weights.safetensors');
  return {
    ...Object.fromEntries(texts),
    [weights]: sha256(readFileSync(join(folder, weights))),
    events: reproducibleEvents(folder),
  };
}

function reproducibleEvents(folder: string): string {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.stringify(reproducible(JSON.parse(line)))).join('\n');
}

/** An event without what depends on the clock and on how the memory was used before. */
function reproducible({ imagesPerSecond, dataWait, memoryMb, tensors, ...event }: Record<string, unknown>) {
  return event;
}
