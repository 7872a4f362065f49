/** TFRecord files for tests. */
import { Writer } from 'protobufjs/minimal.js';
import { crc32c } from '#data/images/formats/shards/crc';
import { masked } from '#data/images/formats/tfrecord/records';

/** The values of a feature: byte strings, or integers. */
export type FixtureValues = readonly Uint8Array[] | readonly number[];

export function example(features: Readonly<Record<string, FixtureValues>>): Uint8Array {
  const entries = Object.entries(features).map(([key, values]) =>
    message((writer) => {
      writer.uint32(tag(1)).string(key);
      writer.uint32(tag(2)).bytes(feature(values));
    }),
  );
  const map = message((writer) => {
    for (const entry of entries) writer.uint32(tag(1)).bytes(entry);
  });
  return message((writer) => writer.uint32(tag(1)).bytes(map));
}

function feature(values: FixtureValues): Uint8Array {
  const areBytes = values.every((value) => typeof value !== 'number');
  const list = message((writer) => {
    for (const value of values) {
      if (typeof value === 'number') writer.uint32(1 << 3).int64(value);
      else writer.uint32(tag(1)).bytes(value);
    }
  });
  return message((writer) => writer.uint32(tag(areBytes ? 1 : 3)).bytes(list));
}

/** The tag of a length-delimited field. */
function tag(id: number): number {
  return (id << 3) | 2;
}

function message(write: (writer: Writer) => void): Uint8Array {
  const writer = Writer.create();
  write(writer);
  return writer.finish();
}

export function recordsOf(...examples: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    examples.flatMap((data) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(data.length));
      return [length, checksum(length), data, checksum(data)];
    }),
  );
}

function checksum(data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(masked(crc32c(data)));
  return bytes;
}

/** An Example with ImageNet's keys, whose image is 3 bytes. */
export function imageNetExample(i: number, label: number, text?: string): Uint8Array {
  return example({
    'image/encoded': [Uint8Array.of(0xff, 0xd8, i)],
    'image/class/label': [label],
    ...(text === undefined ? {} : { 'image/class/text': [Buffer.from(text)] }),
  });
}
