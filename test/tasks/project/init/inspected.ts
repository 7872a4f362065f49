/** The inspection of a made-up folder: 1,000 photographs of four kinds of flowers. */
import type { InspectedImages } from '#data/images/inspect/inspected-images';

const side = { min: 240, median: 320, max: 500 };

export function inspected(changes: Partial<InspectedImages> = {}): InspectedImages {
  return {
    folder: 'flowers',
    format: 'folder',
    classNames: ['daisy', 'lily', 'rose', 'tulip'],
    train: { n: 800, perClass: [200, 200, 200, 200] },
    test: { n: 200, perClass: [50, 50, 50, 50] },
    read: 1000,
    bytes: 3e7,
    height: side,
    width: side,
    shorterSide: side,
    oneSize: false,
    channels: 3,
    kinds: { grey: 0, alpha: 0, cmyk: 0, sixteenBit: 0, rotated: 0 },
    encodings: { jpeg: 1000 },
    broken: { count: 0, examples: [] },
    duplicates: { within: 0, across: 0, otherClass: 0, examples: [] },
    imbalance: 1,
    notes: [],
    ...changes,
  };
}
