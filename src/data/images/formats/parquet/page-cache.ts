/** Decoded pages in memory, up to a bound, so that rows of one page are read together once. */
import { readPiece } from '#data/images/formats/shards/read-piece';
import { soundly } from './footer.js';
import { type PagePlace, pageHeader } from './page-places.js';
import { type ColumnKind, dataValues, dictionaryValues, type PageValues } from './page-values.js';

const mostBytes = 2 ** 28;

/** Pages of one source. They are decoded in turn, so that a single one adds to the bound. */
export class PageCache {
  readonly #pages = new Map<string, PageValues>(); // the least recently used first
  #bytes = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** The values of a page; a page that is damaged is a data failure. */
  at(file: string, place: PagePlace, kind: ColumnKind, isDictionary: boolean): Promise<PageValues> {
    const key = `${place.offset} ${file}`;
    const next = this.#turn.then(
      async () => this.#used(key) ?? this.#kept(key, await loadedPage(file, place, kind, isDictionary)),
    );
    this.#turn = next.catch(() => undefined); // told to the one who asked for the page
    return next;
  }

  #used(key: string): PageValues | undefined {
    const page = this.#pages.get(key);
    if (page === undefined) return undefined;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  #kept(key: string, page: PageValues): PageValues {
    this.#pages.set(key, page);
    this.#bytes += page.bytes;
    for (const [oldest, { bytes }] of this.#pages) {
      if (this.#bytes <= mostBytes || oldest === key) break;
      this.#pages.delete(oldest);
      this.#bytes -= bytes;
    }
    return page;
  }
}

/** Reads and decodes a page; one that is damaged is a data failure. */
export async function loadedPage(
  file: string,
  { offset, length }: PagePlace,
  kind: ColumnKind,
  isDictionary: boolean,
): Promise<PageValues> {
  const bytes = await readPiece(file, offset, length);
  return soundly(file, `a page of values at byte ${offset}`, () => {
    const { header, headerBytes } = pageHeader(bytes);
    const packed = bytes.subarray(headerBytes, headerBytes + header.compressed_page_size);
    return isDictionary ? dictionaryValues(packed, header, kind) : dataValues(packed, header, kind);
  });
}
