/**
 * LiteRT's operators in int8 as its reference kernels compute them (tensorflow/lite/kernels/internal/reference and the
 * `Prepare` functions beside the kernels), in whole numbers, so that the two can be compared bit by bit.
 */
import { factorOf, multiplied, multipliedOnce, roundedAway } from './fixed-point.mjs';

/**
 * Each kernel takes its operands, `{ shape, values, scales, zeroPoint }` with one scale or one for each output channel, the
 * output's `shape`, `scales` and `zeroPoint`, and the operator's options, and returns the output's values.
 */

const [lowest, highest] = [-128, 127];
const ends = { none: 0, relu: 1, relu6: 3 };

/** By the numbers of `BuiltinOperator`. */
export const kernels = {
  0: add,
  1: averagePool,
  3: convolution,
  4: depthwise,
  6: ([x], _output) => Float32Array.from(x.values, (q) => x.scales[0] * (q - x.zeroPoint)),
  9: fullyConnected,
  18: multiply,
  22: ([x]) => x.values,
  25: softmax,
  34: pad,
  39: transpose,
  40: mean,
  114: ([x], { scales: [scale], zeroPoint }) =>
    Int8Array.from(x.values, (value) => within(roundedAway(Math.fround(value / scale)) + zeroPoint)),
  117: hardSwish,
  126: batchMatMul,
  150: gelu,
};

/** The least and the largest result of an operator with this activation. */
function boundsOf({ scales: [scale], zeroPoint }, { fused_activation_function: activation = ends.none }) {
  const quantized = (real) => zeroPoint + roundedAway(Math.fround(real / scale));
  if (activation === ends.none) return [lowest, highest];
  const low = Math.max(lowest, quantized(0));
  return [low, activation === ends.relu6 ? Math.min(highest, quantized(6)) : highest];
}

function within(q, low = lowest, high = highest) {
  return Math.min(high, Math.max(low, q));
}

/** Turns sums of products into results, channel by channel. */
function requantization(x, weights, output, options, times = multiplied) {
  const factors = weights.scales.map((scale) => factorOf((x.scales[0] * scale) / output.scales[0]));
  const [low, high] = boundsOf(output, options);
  return (sum, channel) => within(times(sum, factors[channel]) + output.zeroPoint, low, high);
}

/**
 * Calls `visit` with each window of a convolution in order: its index, and for each entry of the kernel that lies inside the
 * map the entry and the pixel.
 */
function eachWindow(x, output, size, { padding = 0, stride_h: stride }, visit) {
  const [n, height, width] = x.shape;
  const [, rows, columns] = output.shape;
  const before = (out, extent) => (padding === 0 ? Math.floor(Math.max(0, (out - 1) * stride + size - extent) / 2) : 0);
  const [top, left] = [before(rows, height), before(columns, width)];
  for (let at = 0; at < n * rows * columns; at++) {
    const [image, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
    const covered = [];
    for (let entry = 0; entry < size * size; entry++) {
      const y = row * stride - top + Math.floor(entry / size);
      const z = column * stride - left + (entry % size);
      if (y >= 0 && y < height && z >= 0 && z < width) covered.push([entry, (image * height + y) * width + z]);
    }
    visit(at, covered);
  }
}

function convolution([x, weights, bias], output, options) {
  const channels = x.shape[3];
  const [filters, size] = weights.shape;
  const requantized = requantization(x, weights, output, options);
  const result = new Int8Array(output.shape.reduce((product, extent) => product * extent, 1));
  eachWindow(x, output, size, options, (at, covered) => {
    for (let filter = 0; filter < filters; filter++) {
      let sum = bias.values[filter];
      for (const [entry, pixel] of covered) {
        const [from, by] = [pixel * channels, (filter * size * size + entry) * channels];
        for (let c = 0; c < channels; c++) sum += (x.values[from + c] - x.zeroPoint) * weights.values[by + c];
      }
      result[at * filters + filter] = requantized(sum, filter);
    }
  });
  return result;
}

function depthwise([x, weights, bias], output, options) {
  const channels = x.shape[3];
  const requantized = requantization(x, weights, output, options);
  const result = new Int8Array(output.shape.reduce((product, extent) => product * extent, 1));
  eachWindow(x, output, weights.shape[1], options, (at, covered) => {
    for (let c = 0; c < channels; c++) {
      let sum = bias.values[c];
      for (const [entry, pixel] of covered)
        sum += (x.values[pixel * channels + c] - x.zeroPoint) * weights.values[entry * channels + c];
      result[at * channels + c] = requantized(sum, c);
    }
  });
  return result;
}

/** Rounds once, unlike the convolutions. */
function fullyConnected([x, weights, bias], output, options) {
  const [filters, channels] = weights.shape;
  const requantized = requantization(x, weights, output, options, multipliedOnce);
  const result = new Int8Array((x.values.length / channels) * filters);
  for (let at = 0; at < result.length; at++) {
    const [row, filter] = [Math.floor(at / filters), at % filters];
    let sum = bias.values[filter];
    for (let c = 0; c < channels; c++)
      sum += (x.values[row * channels + c] - x.zeroPoint) * weights.values[filter * channels + c];
    result[at] = requantized(sum, filter);
  }
  return result;
}

/** The mean over rows and columns, with 1 / pixels in the factor, of which as many bits are kept as fit (reduce.cc). */
function mean([x], output) {
  const [n, height, width, channels] = x.shape;
  const pixels = height * width;
  const factor = factorOf(x.scales[0] / output.scales[0]);
  const shift = Math.min(Math.floor(Math.log2(pixels)), 32, 31 + factor.exponent);
  const value = Number((BigInt(factor.value) << BigInt(shift)) / BigInt(pixels));
  return Int8Array.from({ length: n * channels }, (_, i) => {
    const [image, channel] = [Math.floor(i / channels), i % channels];
    let sum = -x.zeroPoint * pixels;
    for (let p = 0; p < pixels; p++) sum += x.values[(image * pixels + p) * channels + channel];
    return within(multiplied(sum, { value, exponent: factor.exponent - shift }) + output.zeroPoint);
  });
}

function averagePool([x], output, options) {
  const [n, height, width, channels] = x.shape;
  const count = height * width; // windows of whole maps
  const [low, high] = boundsOf(output, options);
  const result = new Int8Array(n * channels);
  for (let at = 0; at < result.length; at++) {
    const [image, c] = [Math.floor(at / channels), at % channels];
    let sum = 0;
    for (let place = 0; place < count; place++) sum += x.values[(image * count + place) * channels + c];
    const half = Math.floor(count / 2);
    result[at] = within(Math.trunc((sum > 0 ? sum + half : sum - half) / count), low, high);
  }
  return result;
}

function add([a, b], output, options) {
  const shift = 20;
  const largest = 2 * Math.max(a.scales[0], b.scales[0]);
  const [byA, byB] = [a, b].map(({ scales }) => factorOf(scales[0] / largest));
  const back = factorOf(largest / (2 ** shift * output.scales[0]));
  const [low, high] = boundsOf(output, options);
  const term = (x, q, by) => multiplied((q - x.zeroPoint) * 2 ** shift, by);
  return combined(a, b, output, (p, q) =>
    within(multiplied(term(a, p, byA) + term(b, q, byB), back) + output.zeroPoint, low, high),
  );
}

function multiply([a, b], output, options) {
  const factor = factorOf(Math.fround(Math.fround(a.scales[0] * b.scales[0]) / output.scales[0]));
  const [low, high] = boundsOf(output, options);
  return combined(a, b, output, (p, q) =>
    within(multiplied((p - a.zeroPoint) * (q - b.zeroPoint), factor) + output.zeroPoint, low, high),
  );
}

/** Combines two operands entry by entry; axes of extent 1 are repeated. */
function combined(a, b, { shape }, by) {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const result = new Int8Array(size);
  const [placeA, placeB] = [a, b].map((operand) => placesOf(operand.shape, shape));
  for (let at = 0; at < size; at++) result[at] = by(a.values[placeA(at)], b.values[placeB(at)]);
  return result;
}

/** Where an operand has the value for an entry of the result. */
function placesOf(shape, whole) {
  const full = [...whole.map(() => 1), ...shape].slice(-whole.length);
  if (`${full}` === `${whole}`) return (at) => at;
  return (at) => {
    let [place, stride, rest] = [0, 1, at];
    for (let axis = whole.length - 1; axis >= 0; axis--) {
      if (full[axis] > 1) place += (rest % whole[axis]) * stride;
      rest = Math.floor(rest / whole[axis]);
      stride *= full[axis];
    }
    return place;
  };
}

function pad([x, around], output) {
  const [, height, width, channels] = output.shape;
  const [, , top, , left] = Array.from(around.values);
  const result = new Int8Array(output.shape.reduce((product, extent) => product * extent, 1)).fill(x.zeroPoint);
  const [n, rows, columns] = x.shape;
  for (let image = 0; image < n; image++)
    for (let row = 0; row < rows; row++) {
      const from = (image * rows + row) * columns * channels;
      const to = ((image * height + row + top) * width + left) * channels;
      for (let i = 0; i < columns * channels; i++) result[to + i] = x.values[from + i];
    }
  return result;
}

function transpose([x, order], output) {
  const axes = Array.from(order.values);
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  const result = new Int8Array(x.values.length);
  for (let at = 0; at < result.length; at++) {
    let [place, rest] = [0, at];
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      place += (rest % output.shape[axis]) * strides[axes[axis]];
      rest = Math.floor(rest / output.shape[axis]);
    }
    result[at] = x.values[place];
  }
  return result;
}

/** Products of matrices of quantized values, the last two axes of the operands. */
function batchMatMul([a, b], output, { adj_x = false, adj_y = false }) {
  const [rows, columns] = output.shape.slice(-2);
  const inner = a.shape.at(adj_x ? -2 : -1);
  const matrices = output.shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  const factor = factorOf(Math.fround(a.scales[0] * b.scales[0]) / output.scales[0]);
  const result = new Int8Array(matrices * rows * columns);
  const [sizeA, sizeB] = [rows * inner, inner * columns];
  for (let matrix = 0; matrix < matrices; matrix++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const left = a.values[matrix * sizeA + (adj_x ? k * rows + row : row * inner + k)];
          const right = b.values[matrix * sizeB + (adj_y ? column * inner + k : k * columns + column)];
          sum += (left - a.zeroPoint) * (right - b.zeroPoint);
        }
        result[(matrix * rows + row) * columns + column] = within(multiplied(sum, factor) + output.zeroPoint);
      }
  return result;
}

/** exp by a table in float32, over the last axis. */
function softmax([x], { scales: [scale], zeroPoint }) {
  const classes = x.shape.at(-1);
  const step = Math.fround(-x.scales[0]);
  const table = Float32Array.from({ length: 256 }, (_, below) => Math.exp(Math.fround(step * below)));
  const result = new Int8Array(x.values.length);
  for (let from = 0; from < result.length; from += classes) {
    const row = x.values.subarray(from, from + classes);
    const top = row.reduce((most, q) => Math.max(most, q), lowest);
    const sum = row.reduce((total, q) => Math.fround(total + table[top - q]), 0);
    const factor = Math.fround(1 / Math.fround(sum * scale));
    for (const [i, q] of row.entries())
      result[from + i] = within(roundedAway(Math.fround(table[top - q] * factor)) + zeroPoint);
  }
  return result;
}

/** x * relu6(x + 3) / 6 in 16 bits. */
function hardSwish([x], output) {
  const hires = Math.fround(x.scales[0] / 128);
  const toOutput = factorOf(Math.fround(hires / output.scales[0]));
  const toGate = factorOf(Math.fround(hires / Math.fround(3 / 32768)));
  const table = Int8Array.from({ length: 256 }, (_, i) => {
    const value = (i + lowest - x.zeroPoint) * 128;
    let gate = value;
    if (toGate.exponent > 0) gate = within16(gate * 2 ** (toGate.exponent - 1));
    gate = doubledHigh16(gate, in16Bits(toGate));
    if (toGate.exponent > 0) gate = within16(gate * 2);
    else gate = roundedAway(gate / 2 ** -toGate.exponent);
    gate = Math.floor((gate + 32768) / 2);
    const product = Math.trunc((gate * doubledHigh16(value, in16Bits(toOutput))) / 32768);
    return within(roundedAway(product / 2 ** -toOutput.exponent) + output.zeroPoint);
  });
  return Int8Array.from(x.values, (q) => table[q - lowest]);
}

/** The upper 16 bits of a factor's value. */
function in16Bits({ value }) {
  return value >= 2 ** 31 - 1 - 2 ** 15 ? 32767 : Math.floor((value + 2 ** 15) / 2 ** 16);
}

function within16(value) {
  return within(value, -32768, 32767);
}

/** The upper 16 bits of twice a product, rounded. */
function doubledHigh16(a, b) {
  const product = a * b;
  return Math.trunc((product + (product >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15);
}

/** x * Phi(x) by a table of all int8. */
function gelu([x], { scales: [scale], zeroPoint }) {
  const perUnit = Math.fround(1 / scale);
  const table = Int8Array.from({ length: 256 }, (_, i) => {
    const value = Math.fround(x.scales[0] * (i + lowest - x.zeroPoint));
    const result = Math.fround(0.5 * value * (1 + errorFunction(value * Math.SQRT1_2)));
    return within(roundedAway(Math.fround(result * perUnit)) + zeroPoint);
  });
  return Int8Array.from(x.values, (q) => table[q - lowest]);
}

/** erf by its power series, with an error below 1e-8. */
function errorFunction(x) {
  if (Math.abs(x) > 4) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-12; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
