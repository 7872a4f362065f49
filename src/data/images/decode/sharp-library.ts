/** The library `sharp`, loaded when the first picture needs it. */
import type sharp from 'sharp';

let loaded: Promise<typeof sharp> | undefined;

/** Loads `sharp` for many pictures at a time, of which each takes one thread and none is decoded twice. */
export function sharpLibrary(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(({ default: library }) => {
    library.concurrency(1);
    library.cache(false);
    return library;
  });
  return loaded;
}
