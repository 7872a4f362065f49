/** Divides shards into parts by the words in their names, in the way of model hubs: `data/train-00000-of-00002.parquet`. */
import { dataFailure } from '#data/data-failure';
import { type ShardFolder, selected } from './shard-names.js';

/** The user's choice of shards; a part that is not chosen is found by the names. */
export interface ChosenParts {
  /** Patterns of the shards of the train part. */
  readonly train?: readonly string[] | undefined;
  readonly test?: readonly string[] | undefined;
}

export interface ShardParts {
  readonly train: readonly string[];
  /** Test, then validation, as far as there are any: the first with labels is used. */
  readonly tests: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

const words = {
  train: ['train', 'training'],
  test: ['test', 'testing', 'eval', 'evaluation'],
  validation: ['validation', 'valid', 'val', 'dev'],
} as const;

type Part = keyof typeof words;
const parts: readonly Part[] = ['train', 'test', 'validation'];

/**
 * Finds the parts. A shard belongs to the part whose word is in its name, else in the name of the nearest folder; if no
 * shard has such a word, all of them are the train part.
 *
 * @param what  the kind of the shards, for messages: `tar shards`
 */
export function shardParts(folder: ShardFolder, what: string, chosen: ChosenParts = {}): ShardParts {
  const { root, names } = folder;
  const train = chosen.train && selected(folder, chosen.train);
  const test = chosen.test && selected(folder, chosen.test);
  const taken = new Set([...(train ?? []), ...(test ?? [])]);
  const rest = names.filter((name) => !taken.has(name));
  const named = chosen.train && chosen.test ? new Map<Part, string[]>() : byPart(root, rest);
  const trainNames = train ?? (named.size > 0 ? (named.get('train') ?? []) : rest);
  if (trainNames.length === 0) {
    const message = `expected ${what} of the train part; got ${names.length} shards, none of them named so`;
    throw dataFailure(root, message, 'name the files of the part: train: [PATTERN]');
  }
  const tests = test ? [test] : [named.get('test'), named.get('validation')].filter((part) => part !== undefined);
  const used = new Set([...trainNames, ...tests.flat()]);
  const shards = { train: trainNames, tests };
  return { ...shards, notes: [...unusedNotes(names.filter((name) => !used.has(name))), ...gapNotes([...used])] };
}

function byPart(root: string, names: readonly string[]): Map<Part, string[]> {
  const found = new Map<Part, string[]>();
  for (const name of names) {
    const part = partOf(root, name);
    if (part !== undefined) found.set(part, [...(found.get(part) ?? []), name]);
  }
  return found;
}

/** The part whose word is in the last segment of a path that has one; words of two parts are a data failure. */
function partOf(root: string, name: string): Part | undefined {
  for (const segment of name.split('/').reverse()) {
    const has = segment.toLowerCase().split(/[^a-z]+/);
    const [part, other] = parts.filter((one) => words[one].some((word) => has.includes(word)));
    if (other !== undefined) {
      const message = `expected the name of one part; got ${name}, which names ${part} and ${other}`;
      throw dataFailure(root, message, 'name the files of the parts: train: [PATTERN], test: [PATTERN]');
    }
    if (part !== undefined) return part;
  }
  return undefined;
}

function unusedNotes([first, ...more]: readonly string[]): string[] {
  return first === undefined ? [] : [`${more.length + 1} shards belong to no part and are not used, such as ${first}`];
}

/** Notes on shards that are missing where names give their number: `train-00000-of-00010.tar`. */
function gapNotes(names: readonly string[]): string[] {
  const families = new Map<string, { of: number; found: number }>();
  for (const name of names) {
    const [, before, , of, after] = /^(.*?)(\d+)-of-(\d+)(.*)$/s.exec(name) ?? [];
    if (before === undefined || of === undefined) continue;
    const key = `${before}…-of-${of}${after}`;
    families.set(key, { of: Number(of), found: (families.get(key)?.found ?? 0) + 1 });
  }
  return [...families].flatMap(([key, { of, found }]) =>
    found < of ? [`only ${found} of ${of} shards ${key} are here`] : [],
  );
}
