/**
 * The messages of TensorBoard's event files in Protocol Buffers: `Event` (tensorboard/compat/proto/event.proto) with the
 * parts of `Summary` and `TensorProto` that scalars, histograms and texts need.
 */
import { createRequire } from 'node:module';
import type protobuf from 'protobufjs/light.js';

/** A named value of one step. */
export type SummaryValue = ScalarValue | HistogramValue | TextValue;

interface ScalarValue {
  readonly tag: string;
  /** Stored as float32. */
  readonly scalar: number;
}

interface HistogramValue {
  readonly tag: string;
  readonly buckets: readonly Bucket[];
}

/** A bucket of a histogram; `count` need not be whole. */
export type Bucket = readonly [left: number, right: number, count: number];

interface TextValue {
  readonly tag: string;
  /** Markdown. */
  readonly text: string;
}

/** The content of one record. */
export type EventContent =
  | { readonly version: string }
  /** The start of a process's part of the run: values of this step and later ones from before it no longer hold. */
  | { readonly startsAt: number }
  | { readonly step: number; readonly values: readonly SummaryValue[] };

type Field = readonly [type: string, id: number, rule?: 'repeated'];

const message = (fields: Record<string, Field>) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
  ),
});

const messages = {
  nested: {
    Event: message({
      wall_time: ['double', 1],
      step: ['int64', 2],
      file_version: ['string', 3],
      summary: ['Summary', 5],
      session_log: ['SessionLog', 7],
    }),
    SessionLog: message({ status: ['int32', 1] }),
    Summary: message({ value: ['Value', 1, 'repeated'] }),
    Value: {
      ...message({
        tag: ['string', 1],
        simple_value: ['float', 2],
        tensor: ['Tensor', 8],
        metadata: ['Metadata', 9],
      }),
      oneofs: { value: { oneof: ['simple_value', 'tensor'] } }, // so that a scalar of 0 is written too
    },
    Metadata: message({ plugin_data: ['PluginData', 1], data_class: ['int32', 4] }),
    PluginData: message({ plugin_name: ['string', 1] }),
    Tensor: message({
      dtype: ['int32', 1],
      tensor_shape: ['Shape', 2],
      tensor_content: ['bytes', 4],
      string_val: ['bytes', 8, 'repeated'],
    }),
    Shape: message({ dim: ['Dimension', 2, 'repeated'] }),
    Dimension: message({ size: ['int64', 1] }),
  },
};

const sessionStart = 1;
const [dtypeDouble, dtypeString] = [2, 7];
const tensorClass = 2; // DATA_CLASS_TENSOR

let eventType: protobuf.Type | undefined;

/** The type of a record; the first call loads the library. */
function type(): protobuf.Type {
  if (eventType === undefined) {
    const { Root } = createRequire(import.meta.url)('protobufjs/light.js') as typeof protobuf;
    eventType = Root.fromJSON(messages).lookupType('Event');
  }
  return eventType;
}

/** @param wallTime  seconds since 1970 */
export function eventBytes(content: EventContent, wallTime: number): Uint8Array {
  return type()
    .encode({ wall_time: wallTime, ...fieldsOf(content) })
    .finish();
}

function fieldsOf(content: EventContent): object {
  if ('version' in content) return { file_version: content.version };
  if ('startsAt' in content) return { step: content.startsAt, session_log: { status: sessionStart } };
  return { step: content.step, summary: { value: content.values.map(encodedValue) } };
}

function encodedValue(value: SummaryValue): object {
  const { tag } = value;
  if ('scalar' in value) return { tag, simple_value: value.scalar };
  if ('text' in value) {
    const tensor = { dtype: dtypeString, tensor_shape: {}, string_val: [Buffer.from(value.text)] };
    return { tag, tensor, metadata: metadataOf('text') };
  }
  const shape = [value.buckets.length, 3];
  const content = Buffer.alloc(8 * 3 * value.buckets.length);
  for (const [i, number] of value.buckets.flat().entries()) content.writeDoubleLE(number, 8 * i);
  const tensor = {
    dtype: dtypeDouble,
    tensor_shape: { dim: shape.map((size) => ({ size })) },
    tensor_content: content,
  };
  return { tag, tensor, metadata: metadataOf('histograms') };
}

function metadataOf(plugin: string): object {
  return { plugin_data: { plugin_name: plugin }, data_class: tensorClass };
}

/** A record's step and the tags of its values; throws the library's errors. */
export function glimpsedEvent(bytes: Uint8Array): { readonly step: number; readonly tags: readonly string[] } {
  const event = type().decode(bytes) as unknown as DecodedEvent;
  return { step: Number(event.step), tags: (event.summary?.value ?? []).map(({ tag }) => tag) };
}

interface DecodedEvent {
  readonly step: unknown;
  readonly summary: { readonly value: readonly { readonly tag: string }[] } | null;
}
