/** The operators of TensorFlow Lite that exports use. */

interface Since {
  readonly version: number;
  /** The first TensorFlow that has this version. */
  readonly since: string;
}

/**
 * The operators that we write: code (`BuiltinOperator`), and the first versions for float32 and for int8
 * (tensorflow/compiler/mlir/lite/tools/versioning/op_version.cc and runtime_version.cc). A converter writes the same
 * versions, so old runtimes load the file.
 */
export const builtins = {
  ADD: operator(0, [1, '1.5.0'], [2, '1.14.0']),
  AVERAGE_POOL_2D: operator(1, [1, '1.5.0'], [2, '1.14.0']),
  CONV_2D: operator(3, [1, '1.5.0'], [3, '1.14.0']),
  DEPTHWISE_CONV_2D: operator(4, [1, '1.5.0'], [3, '1.14.0']),
  DEQUANTIZE: operator(6, [2, '1.14.0']),
  FULLY_CONNECTED: operator(9, [1, '1.5.0'], [12, '2.17.0']), // 12 has a scale for each output channel
  MUL: operator(18, [1, '1.5.0'], [2, '1.14.0']),
  RELU: operator(19, [1, '1.5.0'], [2, '2.1.0']),
  RELU6: operator(21, [1, '1.5.0'], [2, '1.14.0']),
  RESHAPE: operator(22, [1, '1.5.0']),
  SOFTMAX: operator(25, [1, '1.5.0'], [2, '1.14.0']),
  PAD: operator(34, [1, '1.5.0'], [2, '1.14.0']),
  TRANSPOSE: operator(39, [1, '1.6.0'], [2, '1.14.0']),
  MEAN: operator(40, [1, '1.6.0'], [2, '1.14.0']),
  QUANTIZE: operator(114, [1, '1.14.0']),
  HARD_SWISH: operator(117, [1, '1.15.0']),
  BATCH_MATMUL: operator(126, [1, '2.3.0'], [2, '2.3.0']),
  GELU: operator(150, [1, '2.9.0'], [2, '2.9.0']),
} as const;

type Version = readonly [version: number, since: string];

function operator(
  code: number,
  float32: Version,
  int8 = float32,
): Record<'float32' | 'int8', Since> & { code: number } {
  const [float, integer] = [float32, int8].map(([version, since]) => ({ version, since })) as [Since, Since];
  return { code, float32: float, int8: integer };
}

export type Builtin = keyof typeof builtins;

/** Returns the name of an operator that we write. */
export function operatorName(code: number): Builtin {
  return Object.entries(builtins).find(([, builtin]) => builtin.code === code)?.[0] as Builtin;
}
