/** Groups the members of a tar archive into samples, by the rules of the `webdataset` package (1.0.2). */
import type { TarMember } from './tar-members.js';

/** The parts of a member's name that decide where it belongs. */
export interface SampleName {
  /** The path up to the first dot of its last segment; `./` is part of it. */
  readonly key: string;
  /** The rest of the last segment, in lower case: `jpg`, or `5.jpg` for `img_1.5.jpg`. */
  readonly field: string;
}

/** Splits a member's name; undefined if it belongs to no sample, which then does not end either. */
export function sampleName(name: string): SampleName | undefined {
  if (/^__[^/]*__($|\/)/s.test(name)) return undefined; // metadata
  const start = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', start);
  return dot <= start ? undefined : { key: name.slice(0, dot), field: name.slice(dot + 1).toLowerCase() };
}

/** Consecutive members with the same key, by field. */
export interface Sample {
  readonly key: string;
  readonly fields: ReadonlyMap<string, TarMember>;
  /** A field that two members have, which makes the sample ambiguous. */
  readonly repeated: string | undefined;
}

export async function* samplesOf(members: AsyncIterable<TarMember>): AsyncGenerator<Sample> {
  let key: string | undefined;
  let fields = new Map<string, TarMember>();
  let repeated: string | undefined;
  for await (const member of members) {
    const name = sampleName(member.name);
    if (name === undefined) continue;
    if (name.key !== key) {
      if (key !== undefined) yield { key, fields, repeated };
      key = name.key;
      fields = new Map();
      repeated = undefined;
    }
    if (fields.has(name.field)) repeated ??= name.field;
    fields.set(name.field, member);
  }
  if (key !== undefined) yield { key, fields, repeated };
}
