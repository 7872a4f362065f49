/** Tar archives for tests, written by tar-stream. */
import { pack } from 'tar-stream';

export interface FixtureMember {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: 'file' | 'symlink' | 'directory';
}

/** The bytes of an archive with an end mark. */
export async function tarOf(members: readonly FixtureMember[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', type = 'file' } of members) {
    const header = { name, type, mtime: new Date(0), ...(type === 'symlink' ? { linkname: 'x' } : {}) };
    if (type === 'file') archive.entry(header, content);
    else archive.entry(header);
  }
  archive.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of archive) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** Samples with an image of a few bytes and a label in `cls`. */
export function labelled(...samples: readonly (readonly [key: string, label: number | string])[]): FixtureMember[] {
  return samples.flatMap(([key, label], i) => [
    { name: `${key}.jpg`, content: Uint8Array.of(0xff, 0xd8, i) },
    { name: `${key}.cls`, content: String(label) },
  ]);
}
