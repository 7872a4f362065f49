/** ReLU as plain kernels, which batch norm fuses; GELU as an op of the tape. */
import { dispose, floatConstant, floatT, run, type Tensor } from '../backend.js';
import type { Tape, Value } from '../tape.js';

const plain = [floatT];

/** max(x, 0); the caller owns it. */
export function relu(x: Tensor): Tensor {
  return run('Relu', plain, x);
}

/** dy where y > 0; `y` may be the input or the output of `relu`, which agree there. */
export function reluGradient(dy: Tensor, y: Tensor): Tensor {
  return run('ReluGrad', plain, dy, y);
}

/** x * Phi(x), Phi the standard normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
export function gelu(tape: Tape, x: Value): Value {
  const phi = normalCdf(x.tensor);
  return tape.result(
    run('Mul', plain, x.tensor, phi),
    [x],
    (dy) => {
      const slope = geluSlope(x.tensor, phi);
      tape.give(x, run('Mul', plain, dy, slope));
      dispose(slope);
    },
    [phi],
  );
}

function normalCdf(x: Tensor): Tensor {
  return chain(x, [['Mul', Math.SQRT1_2], ['Erf'], ['AddV2', 1], ['Mul', 0.5]]);
}

/** Phi(x) + x * phi(x), with phi the standard normal density. */
function geluSlope(x: Tensor, phi: Tensor): Tensor {
  const density = chain(x, [['Square'], ['Mul', -0.5], ['Exp'], ['Mul', 1 / Math.sqrt(2 * Math.PI)]]);
  const weighted = run('Mul', plain, x, density);
  const slope = run('AddV2', plain, phi, weighted);
  dispose(density, weighted);
  return slope;
}

/** Ops one after another, each with an optional scalar as its second input; what lies between is freed. */
function chain(x: Tensor, ops: readonly (readonly [string, number?])[]): Tensor {
  let y = x;
  for (const [op, scalar] of ops) {
    const next = scalar === undefined ? run(op, plain, y) : run(op, plain, y, floatConstant(scalar));
    if (y !== x) dispose(y);
    y = next;
  }
  return y;
}
