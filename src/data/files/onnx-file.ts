/**
 * ONNX files: the messages of `onnx.proto` (onnx/onnx, IR version 8) that image networks need, in the wire format of
 * Protocol Buffers, which `protobufjs` reads and writes.
 */
import { createRequire } from 'node:module';
import type protobuf from 'protobufjs/light.js';
import { Failure } from '#core/failure';
import { readBytes } from '#core/files/files';
import { shownError } from '#core/shown';
import { foreignWeights } from './foreign-weights.js';
import type { NamedTensor } from './safetensors.js';

export interface OnnxModel {
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly documentation: string;
  readonly graph: OnnxGraph;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number };

export interface OnnxTensor {
  readonly shape: readonly number[];
  /** Float32 values, int64 values for an op that takes integers, or a quantized tensor's. */
  readonly values: Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;
}

/** A float32 input or output; an axis whose extent may vary has a name. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

const elementType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const; // TensorProto.DataType
const attributeType = { float: 1, int: 2, ints: 7 } as const; // AttributeProto.AttributeType

type Field = readonly [type: string, id: number, rule?: 'repeated'];
const message = (fields: Readonly<Record<string, Field>>) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
  ),
});

const messages = {
  nested: {
    Model: message({
      ir_version: ['int64', 1],
      producer_name: ['string', 2],
      producer_version: ['string', 3],
      doc_string: ['string', 6],
      graph: ['Graph', 7],
      opset_import: ['OperatorSet', 8, 'repeated'],
      metadata_props: ['Entry', 14, 'repeated'],
    }),
    OperatorSet: message({ domain: ['string', 1], version: ['int64', 2] }),
    Entry: message({ key: ['string', 1], value: ['string', 2] }),
    Graph: message({
      node: ['Node', 1, 'repeated'],
      name: ['string', 2],
      initializer: ['Tensor', 5, 'repeated'],
      input: ['Value', 11, 'repeated'],
      output: ['Value', 12, 'repeated'],
    }),
    Node: message({
      input: ['string', 1, 'repeated'],
      output: ['string', 2, 'repeated'],
      name: ['string', 3],
      op_type: ['string', 4],
      attribute: ['Attribute', 5, 'repeated'],
    }),
    Attribute: message({
      name: ['string', 1],
      f: ['float', 2],
      i: ['int64', 3],
      ints: ['int64', 8, 'repeated'],
      type: ['int32', 20],
    }),
    Tensor: message({
      dims: ['int64', 1, 'repeated'],
      data_type: ['int32', 2],
      name: ['string', 8],
      raw_data: ['bytes', 9],
    }),
    Value: message({ name: ['string', 1], type: ['Type', 2] }),
    Type: message({ tensor_type: ['TensorType', 1] }),
    TensorType: message({ elem_type: ['int32', 1], shape: ['Shape', 2] }),
    Shape: message({ dim: ['Dimension', 1, 'repeated'] }),
    Dimension: message({ dim_value: ['int64', 1], dim_param: ['string', 2] }),
  },
};

let modelType: protobuf.Type | undefined;

/** The message type of a whole file; the first call loads the library. */
function model(): protobuf.Type {
  if (modelType === undefined) {
    const { Root } = createRequire(import.meta.url)('protobufjs/light.js') as typeof protobuf;
    modelType = Root.fromJSON(messages).lookupType('Model');
  }
  return modelType;
}

/** Encodes a model as one message, whose size must stay below 2 GB. */
export function onnxBytes({ irVersion, opset, producer, documentation, graph, metadata }: OnnxModel): Uint8Array {
  return model()
    .encode({
      ir_version: irVersion,
      producer_name: producer.name,
      producer_version: producer.version,
      doc_string: documentation,
      graph: {
        name: graph.name,
        node: graph.nodes.map(({ op, inputs, outputs, name, attributes }) => ({
          input: inputs,
          output: outputs,
          name,
          op_type: op,
          attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...encodedAttribute(value) })),
        })),
        initializer: [...graph.initializers].map(([name, tensor]) => ({ name, ...encodedTensor(tensor) })),
        input: graph.inputs.map(encodedValue),
        output: graph.outputs.map(encodedValue),
      },
      opset_import: [{ domain: '', version: opset }],
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
}

function encodedAttribute(value: OnnxAttribute): object {
  if ('int' in value) return { i: value.int, type: attributeType.int };
  if ('ints' in value) return { ints: value.ints, type: attributeType.ints };
  return { f: value.float, type: attributeType.float };
}

function encodedTensor({ shape, values }: OnnxTensor): object {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dims: shape, data_type: elementTypeOf(values), raw_data: raw };
}

function elementTypeOf(values: OnnxTensor['values']): number {
  if (values instanceof Float32Array) return elementType.float32;
  if (values instanceof Uint8Array) return elementType.uint8;
  if (values instanceof Int8Array) return elementType.int8;
  return values instanceof Int32Array ? elementType.int32 : elementType.int64;
}

function encodedValue({ name, shape }: OnnxValue): object {
  const dim = shape.map((extent) => (typeof extent === 'number' ? { dim_value: extent } : { dim_param: extent }));
  return { name, type: { tensor_type: { elem_type: elementType.float32, shape: { dim } } } };
}

interface DecodedModel {
  readonly graph?: { readonly initializer: readonly DecodedTensor[] };
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

interface DecodedTensor {
  readonly dims: readonly unknown[];
  readonly data_type: number;
  readonly name: string;
  readonly raw_data: Uint8Array;
}

/** Reads a model's metadata, by key. */
export function readOnnxMetadata(file: string): Record<string, string> {
  return Object.fromEntries(decoded(file).metadata_props.map(({ key, value }) => [key, value]));
}

/** Reads the float32 weights of a model that stores raw values, as our exports do; anything else is a data failure. */
export function readOnnxWeights(file: string): Map<string, NamedTensor> {
  const { graph } = decoded(file);
  const floats = (graph?.initializer ?? []).filter((tensor) => tensor.data_type === elementType.float32);
  if (floats.length === 0) throw new Failure('data', { file, message: 'expected float32 weights; got none' });
  const weights = new Map(floats.map((tensor) => [tensor.name, decodedTensor(file, tensor)]));
  if (weights.size === floats.length) return weights;
  const message = `expected weights of ${floats.length} names; got ${weights.size}`;
  throw new Failure('data', { file, message });
}

function decoded(file: string): DecodedModel {
  const bytes = readBytes(file);
  const foreign = foreignWeights(file, bytes, 'an ONNX model');
  if (foreign !== undefined) throw foreign;
  try {
    return model().decode(bytes) as unknown as DecodedModel;
  } catch (error) {
    throw new Failure('data', { file, message: `expected an ONNX model; got: ${shownError(error)}` });
  }
}

function decodedTensor(file: string, { name, dims, raw_data: raw }: DecodedTensor): NamedTensor {
  const shape = dims.map(Number);
  const bytes = Float32Array.BYTES_PER_ELEMENT * shape.reduce((n, extent) => n * extent, 1);
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new Failure('data', { file, path: name, message: `expected a shape; got [${shape}]` });
  }
  if (raw.length !== bytes) {
    const message = `expected ${bytes} bytes of raw values for shape [${shape}]; got ${raw.length}`;
    throw new Failure('data', { file, path: name, message });
  }
  const copy = new Uint8Array(raw); // aligned, unlike the bytes from protobufjs
  return {
    shape,
    values: new Float32Array(copy.buffer),
  };
}
