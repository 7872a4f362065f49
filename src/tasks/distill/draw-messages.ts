/** The messages between a build and its drawing threads, and the images that threads share or open. */
import type { Diagnostic, FailureKind } from '#core/failure';
import type { ImageSet, ImageSource } from '#data/images/image-source';
import { type InMemorySource, inMemorySource } from '#data/images/in-memory';
import type { SourceReference } from '#data/images/source-schema';
import type { BuildImages, TrainImages } from './build-images.js';
import type { PlannedRow } from './build-plan.js';
import type { DrawingSettings, DrawnRows } from './draw-rows.js';

/** The images that a recipe names, for threads that open them by themselves. */
export interface NamedImages {
  readonly source: SourceReference;
  readonly pool?: SourceReference | undefined;
  /** The folder that relative folders start from. */
  readonly base: string;
}

/** A part of the images as a thread gets it: pixels in memory that all threads share, or a part of a named set. */
export type SharedPart =
  | { readonly kind: 'memory'; readonly part: Pick<InMemorySource, 'shape' | 'images' | 'labels'> }
  | { readonly kind: 'named'; readonly set: 'source' | 'pool'; readonly part: 'train' | 'test' };

/** Everything that a thread is started with. */
export interface ThreadStart extends Omit<BuildImages, 'parts'> {
  readonly parts: readonly SharedPart[];
  readonly named: NamedImages;
  readonly settings: DrawingSettings;
}

export interface DrawRequest {
  readonly id: number;
  readonly rows: readonly PlannedRow[];
}

/** A thread's answer: the rows, a failure, or the text of another error. */
export type DrawReply = { readonly id: number } & (
  | { readonly drawn: DrawnRows }
  | { readonly failure: { kind: FailureKind; diagnostics: readonly Diagnostic[]; remedy: string | undefined } }
  | { readonly error: string }
);

const places = [
  { set: 'source', part: 'train' },
  { set: 'source', part: 'test' },
  { set: 'pool', part: 'train' },
] as const;

/** Puts parts that are in memory where all threads can read them; the others are named. */
export function sharedParts({ parts }: BuildImages): SharedPart[] {
  return parts.map((source, i) =>
    isInMemory(source)
      ? { kind: 'memory', part: { shape: source.shape, images: shared(source.images), labels: shared(source.labels) } }
      : { kind: 'named', ...(places[i] as (typeof places)[number]) },
  );
}

/** The train images where all threads can read them. */
export function sharedTrain({ sources, labels, repeats }: TrainImages): TrainImages {
  return {
    sources: shared(sources),
    ...(labels && { labels: shared(labels) }),
    ...(repeats && { repeats: shared(repeats) }),
  };
}

function isInMemory(source: ImageSource): source is InMemorySource {
  return source.inMemory && 'images' in source && source.shape !== undefined;
}

function shared<T extends Uint8Array | Int32Array>(values: T): T {
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}

/**
 * The parts as image sources.
 *
 * @param open  opens a set that is named
 */
export async function openedParts(
  parts: readonly SharedPart[],
  open: (set: 'source' | 'pool') => Promise<ImageSet>,
): Promise<ImageSource[]> {
  const sets = new Map<string, ImageSet>();
  const opened: ImageSource[] = [];
  for (const part of parts) {
    if (part.kind === 'memory') {
      opened.push(inMemorySource(part.part.shape, part.part));
      continue;
    }
    const set = sets.get(part.set) ?? (await open(part.set));
    sets.set(part.set, set);
    opened.push(set[part.part]);
  }
  return opened;
}
