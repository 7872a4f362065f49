/**
 * How int8 stands for real values: value = scale * (q - zeroPoint), LiteRT's "8-bit quantization specification". Weights
 * have a scale for each output channel and the zero point 0.
 */

export interface Parameters {
  /** A positive float32. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The ends of the values that int8 can express. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const [lowest, highest] = [-128, 127];

const smallestScale = 2 ** -100; // products of scales stay normal numbers

/** Returns the parameters for a range, widened so that it holds 0, which int8 then expresses exactly. */
export function parametersFor({ min, max }: Range): Parameters {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const step = Math.fround((high - low) / (highest - lowest));
  const scale = step < smallestScale ? 1 : step; // then all values are as good as 0
  return { scale, zeroPoint: within(Math.round(lowest - low / scale)) + 0 }; // never -0
}

/** Returns the ends of the values that int8 expresses with these parameters. */
export function expressible({ scale, zeroPoint }: Parameters): Range {
  return { min: scale * (lowest - zeroPoint), max: scale * (highest - zeroPoint) };
}

/** Returns the smallest range that holds another and has the zero point 0. */
export function evenRange({ min, max }: Range): Range {
  const scale = Math.max(min / lowest, max / highest);
  return { min: lowest * scale, max: highest * scale };
}

/** Returns the values that the nearest int8 stand for; an exact tie goes to the even integer, as in XNNPACK. */
export function requantized(values: Float32Array, { scale, zeroPoint }: Parameters): Float32Array {
  const [low, high] = [lowest - zeroPoint, highest - zeroPoint];
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const q = roundedToEven((values[i] as number) / scale);
    result[i] = scale * Math.max(low, Math.min(q, high));
  }
  return result;
}

/** Weights of a linear map as integers, with a scale for each output channel. */
export interface QuantizedWeights {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

const mostBias = 2 ** 30; // half of int32's range, so that products can be added

/**
 * Quantizes a kernel whose output channel is i % channels for entry i. The scales also have room for the bias, which has
 * the scale of the products: without it a channel of tiny weights would lose its bias.
 *
 * @param bias  of each output channel
 * @param inputScale  scale of the values that the weights multiply
 */
export function quantizedWeights(kernel: Float32Array, bias: Float32Array, inputScale: number): QuantizedWeights {
  const channels = bias.length;
  const most = new Float64Array(channels);
  for (let i = 0; i < kernel.length; i++)
    most[i % channels] = Math.max(most[i % channels] as number, Math.abs(kernel[i] as number));
  const scales = Float32Array.from(most, (largest, c) => {
    const forBias = Math.abs(bias[c] as number) / (inputScale * mostBias);
    return Math.max(largest / highest, forBias) || 1;
  });
  const values = Int8Array.from(kernel, (weight, i) => {
    const q = roundedToEven(weight / (scales[i % channels] as number));
    return Math.min(highest, Math.max(-highest, q)); // without -128, so that no product overflows 16 bits
  });
  return { values, scales };
}

/** Returns the bias in units of the products of inputs and weights. */
export function quantizedBias(bias: Float32Array, scales: Float32Array, inputScale: number): Int32Array {
  return Int32Array.from(bias, (value, c) => Math.round(value / (inputScale * (scales[c] as number))));
}

function within(q: number): number {
  return Math.min(highest, Math.max(lowest, q));
}

const toWhole = 1.5 * 2 ** 52; // a double next to it has no bits for fractions, so adding it rounds

/** Returns the nearest whole number, the even one of two, for values below 2^51. */
function roundedToEven(value: number): number {
  return value + toWhole - toWhole;
}
