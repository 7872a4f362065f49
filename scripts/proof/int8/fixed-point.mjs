// @ts-check
/**
 * The fixed-point arithmetic of LiteRT's reference kernels (tensorflow/lite/kernels/internal: common.h and .cc,
 * quantization_util.cc), in whole numbers that a double holds exactly.
 */

/**
 * A positive real factor as `value * 2^(exponent - 31)`.
 *
 * @typedef {{ value: number, exponent: number }} Factor
 */

/** @param {number} real @returns {Factor} */
export function factorOf(real) {
  if (real === 0) return { value: 0, exponent: 0 };
  let exponent = Math.floor(Math.log2(real)) + 1;
  while (real / 2 ** exponent >= 1) exponent++;
  while (real / 2 ** exponent < 0.5) exponent--;
  let value = roundedAway((real / 2 ** exponent) * 2 ** 31);
  if (value === 2 ** 31) {
    value /= 2;
    exponent++;
  }
  return exponent < -31 ? { value: 0, exponent: 0 } : { value, exponent };
}

/** The nearest whole number, the one further from 0 of two. @param {number} real */
export function roundedAway(real) {
  return Math.sign(real) * Math.floor(Math.abs(real) + 0.5);
}

/** The integer times the factor, rounded twice: to 31 bits, then away from 0. @param {number} x @param {Factor} factor */
export function multiplied(x, { value, exponent }) {
  const shifted = exponent > 0 ? Number(BigInt.asIntN(32, BigInt(x) << BigInt(exponent))) : x;
  return dividedByPower(doubledHigh(shifted, value), Math.max(0, -exponent));
}

/** The integer times the factor, rounded once, a tie upwards. @param {number} x @param {Factor} factor */
export function multipliedOnce(x, { value, exponent }) {
  const shift = BigInt(31 - exponent);
  return Number((BigInt(x) * BigInt(value) + (1n << (shift - 1n))) >> shift);
}

/** The upper 32 bits of twice a product, rounded. @param {number} a @param {number} b */
function doubledHigh(a, b) {
  if (Math.abs(a) < 2 ** 21) {
    const product = a * b; // below 2^52
    return Math.trunc((product + (product >= 0 ? 2 ** 30 : 1 - 2 ** 30)) / 2 ** 31);
  }
  const product = BigInt(a) * BigInt(b);
  return Number((product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n));
}

/** x / 2^power, rounded away from 0. @param {number} x @param {number} power */
function dividedByPower(x, power) {
  return roundedAway(x / 2 ** power);
}
