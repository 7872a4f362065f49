/** The files of a finished run, to compare them with those of another. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '#core/files/files';
import { readEventFiles } from '#test/jobs/runs/tensorboard/read-event-file';

/** Returns the files of a run and of its last checkpoint by name; events without what depends on the clock. */
export function endOf(folder: string): Record<string, string> {
  const last = join('checkpoints', readdirSync(join(folder, 'checkpoints')).sort().at(-1) as string);
  const present = readdirSync(folder);
  // A training has no policy and no samples.
  const names = ['result.json', 'architecture.yaml', 'policy.jsonl', 'samples.jsonl'].filter((name) =>
    present.includes(name),
  );
  const texts = [...names, join(last, 'state.json')].map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  const weights = join(last, 'weights.safetensors');
  return {
    ...Object.fromEntries(texts),
    [weights]: sha256(readFileSync(join(folder, weights))),
    events: reproducibleEvents(folder),
    shown: shownInTensorBoard(folder),
  };
}

function reproducibleEvents(folder: string): string {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.stringify(reproducible(JSON.parse(line)))).join('\n');
}

/** Returns the values of the event files without those that depend on the clock, one line for each event. */
function shownInTensorBoard(folder: string): string {
  const shown = readEventFiles(folder).flatMap((file) => file.filter(({ values }) => Object.keys(values).length > 0));
  return shown.map(({ step, values }) => JSON.stringify([step, reproducible(values)])).join('\n');
}

/** Returns an event without the fields that depend on the clock and on earlier use of memory. */
function reproducible({ imagesPerSecond, dataWait, memoryMb, tensors, ...event }: Record<string, unknown>) {
  return event;
}
