/** Lists the members of a tar archive by position. tar-stream reads the headers; the contents are passed over. */
import { extract, type Header } from 'tar-stream';
import type { Failure } from '#core/failure';
import { shownError } from '#core/shown';
import { dataFailure } from '#data/data-failure';
import { breath, type FileWindow } from '#data/images/formats/shards/file-window';

export interface TarMember {
  readonly name: string;
  /** Byte of its content. */
  readonly offset: number;
  readonly size: number;
}

const blockBytes = 512;
const membersPerBreath = 256;

/**
 * Yields the regular files of an archive. Archives that were joined are read to the end of the file, where other
 * programs stop at the first end mark. A damaged header, a member that is cut off and a missing end mark are data
 * failures.
 *
 * @param joined  is called if the file holds more than one archive
 */
export async function* tarMembers(window: FileWindow, joined: () => void): AsyncGenerator<TarMember> {
  requireTar(window);
  let [at, members] = [0, 0];
  let hasEnded = false;
  let headers = new HeaderBlocks();
  while (at < window.size) {
    const header = await headers.next(window, at);
    at += blockBytes;
    if (header === undefined) {
      hasEnded ||= headers.isBlank;
      continue;
    }
    if (hasEnded) joined();
    const { name, type, size = 0 } = header;
    const bytes = type === 'directory' ? 0 : size;
    if (at + bytes > window.size) throw cutOff(window, at, `the ${bytes} bytes of ${name}`);
    if (type === 'file' || type === 'contiguous-file') yield { name, offset: at, size: bytes };
    at += Math.ceil(bytes / blockBytes) * blockBytes;
    hasEnded = false;
    headers = new HeaderBlocks();
    if (++members % membersPerBreath === 0) await breath();
  }
  if (!hasEnded) throw cutOff(window, window.size, 'the end mark of a tar archive');
}

/** The blocks of one member's header, which has more than one if the name or the size is long. */
class HeaderBlocks {
  readonly #extract = extract({ highWaterMark: 1 }); // asks for the next block as soon as it has read one
  #blanks = 0;
  #blocks = 0;

  /** True if all blocks were zero: an end mark. */
  get isBlank(): boolean {
    return this.#blanks === this.#blocks;
  }

  /** Adds a block; returns the header once it is complete. */
  async next(window: FileWindow, at: number): Promise<Header | undefined> {
    const block = Uint8Array.from(window.at(at, blockBytes));
    if (block.length < blockBytes) throw cutOff(window, at, 'a block of 512 bytes');
    this.#blocks++;
    if (block.every((byte) => byte === 0)) this.#blanks++;
    try {
      return await this.#read(block);
    } catch (error) {
      throw dataFailure(window.file, `byte ${at}: expected the header of a tar member; got: ${shownError(error)}`);
    } finally {
      this.#extract.removeAllListeners();
    }
  }

  #read(block: Uint8Array): Promise<Header | undefined> {
    return new Promise((resolve, reject) => {
      this.#extract.once('entry', resolve);
      this.#extract.once('error', reject);
      this.#extract.once('drain', () => resolve(undefined));
      this.#extract.write(block);
    });
  }
}

function requireTar(window: FileWindow): void {
  if (window.size === 0) throw cutOff(window, 0, 'a tar archive');
  const start = window.at(0, 2);
  if (start[0] !== 0x1f || start[1] !== 0x8b) return;
  throw dataFailure(window.file, 'expected a plain tar archive; got a gzip file', 'unpack it: gunzip FILE');
}

function cutOff({ file, size }: FileWindow, at: number, expected: string): Failure {
  const message = `byte ${at}: expected ${expected}; got the end of the file at byte ${size}: it is cut off`;
  return dataFailure(file, message, 'copy or download the file again');
}
