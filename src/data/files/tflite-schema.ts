/**
 * The tables of TensorFlow Lite's `schema.fbs` that our networks need, under its names (version 3b; tensorflow/tensorflow,
 * tensorflow/compiler/mlir/lite/schema/schema.fbs at 0373b8f3). Models follow it from TensorFlow 1.5 to LiteRT 2.
 */
import { flatBuffer, type Schema, type Table } from './flat-buffer.js';

export const tfliteSchema = {
  Model: {
    version: [0, 'uint'],
    operator_codes: [1, ['OperatorCode']],
    subgraphs: [2, ['SubGraph']],
    description: [3, 'string'],
    buffers: [4, ['Buffer']],
    metadata: [6, ['Metadata']],
    signature_defs: [7, ['SignatureDef']],
  },
  OperatorCode: {
    deprecated_builtin_code: [0, 'byte'],
    version: [2, 'int'],
    builtin_code: [3, 'int'],
  },
  SubGraph: {
    tensors: [0, ['Tensor']],
    inputs: [1, ['int']],
    outputs: [2, ['int']],
    operators: [3, ['Operator']],
    name: [4, 'string'],
  },
  Tensor: {
    shape: [0, ['int']],
    type: [1, 'byte'],
    buffer: [2, 'uint'],
    name: [3, 'string'],
    quantization: [4, 'QuantizationParameters'],
    shape_signature: [7, ['int']],
    has_rank: [8, 'bool'],
  },
  QuantizationParameters: {
    scale: [2, ['float']],
    zero_point: [3, ['long']],
    quantized_dimension: [6, 'int'],
  },
  Operator: {
    opcode_index: [0, 'uint'],
    inputs: [1, ['int']],
    outputs: [2, ['int']],
    builtin_options: [
      3,
      {
        Conv2DOptions: 1,
        DepthwiseConv2DOptions: 2,
        Pool2DOptions: 5,
        FullyConnectedOptions: 8,
        SoftmaxOptions: 9,
        AddOptions: 11,
        ReshapeOptions: 17,
        MulOptions: 21,
        PadOptions: 22,
        TransposeOptions: 26,
        ReducerOptions: 27,
        DequantizeOptions: 38,
        QuantizeOptions: 80,
        HardSwishOptions: 91,
        BatchMatMulOptions: 101,
        GeluOptions: 116,
      },
    ],
  },
  Conv2DOptions: {
    padding: [0, 'byte'],
    stride_w: [1, 'int'],
    stride_h: [2, 'int'],
    fused_activation_function: [3, 'byte'],
  },
  DepthwiseConv2DOptions: {
    padding: [0, 'byte'],
    stride_w: [1, 'int'],
    stride_h: [2, 'int'],
    depth_multiplier: [3, 'int'],
    fused_activation_function: [4, 'byte'],
  },
  Pool2DOptions: {
    padding: [0, 'byte'],
    stride_w: [1, 'int'],
    stride_h: [2, 'int'],
    filter_width: [3, 'int'],
    filter_height: [4, 'int'],
  },
  FullyConnectedOptions: { fused_activation_function: [0, 'byte'], keep_num_dims: [2, 'bool'] },
  SoftmaxOptions: { beta: [0, 'float'] },
  AddOptions: { fused_activation_function: [0, 'byte'] },
  ReshapeOptions: {},
  ReducerOptions: { keep_dims: [0, 'bool'] },
  MulOptions: { fused_activation_function: [0, 'byte'] },
  PadOptions: {},
  TransposeOptions: {},
  DequantizeOptions: {},
  QuantizeOptions: {},
  HardSwishOptions: {},
  BatchMatMulOptions: { adj_x: [0, 'bool'], adj_y: [1, 'bool'] },
  GeluOptions: { approximate: [0, 'bool'] },
  Buffer: { data: [0, 'bytes'] },
  Metadata: { name: [0, 'string'], buffer: [1, 'uint'] },
  TensorMap: { name: [0, 'string'], tensor_index: [1, 'uint'] },
  SignatureDef: {
    inputs: [0, ['TensorMap']],
    outputs: [1, ['TensorMap']],
    signature_key: [2, 'string'],
    subgraph_index: [4, 'uint'],
  },
} as const satisfies Schema;

export type TfliteTable<N extends keyof typeof tfliteSchema> = Table<typeof tfliteSchema, N>;

export const tensorTypes = { float32: 0, int32: 2, int8: 9 } as const; // TensorType
export const paddings = { same: 0, valid: 1 } as const; // Padding
export const activations = { none: 0, relu: 1, relu6: 3 } as const; // ActivationFunctionType

/** Encodes a model; its buffers must be little-endian. */
export function tfliteBytes(model: TfliteTable<'Model'>): Uint8Array {
  const data = (model.buffers ?? []).reduce((bytes, buffer) => bytes + (buffer.data?.length ?? 0), 0);
  return flatBuffer(tfliteSchema, 'Model', model, { identifier: 'TFL3', room: data + 2 ** 20 });
}
