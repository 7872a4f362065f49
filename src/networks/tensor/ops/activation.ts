/** Activations as tape ops, and the plain ReLU kernels that batch norm uses. */
import { assertNever } from '#core/assert-never';
import type { Activation } from '#networks/space/block';
import { dispose, floatConstant, floatT, run, type Tensor } from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';

const plain = [floatT];

export function activated(tape: Tape, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'relu':
      return clipped(tape, x, 'Relu');
    case 'relu6':
      return clipped(tape, x, 'Relu6');
    case 'gelu':
      return gelu(tape, x);
    case 'hardSwish':
      return hardSwish(tape, x);
    default:
      return assertNever(activation);
  }
}

/** max(x, 0); the caller owns it. */
export function relu(x: Tensor): Tensor {
  return run('Relu', plain, x);
}

/** dy where y > 0, else 0; `y` may be the input or the output of `relu`, which are positive at the same places. */
export function reluGradient(dy: Tensor, y: Tensor): Tensor {
  return run('ReluGrad', plain, dy, y);
}

/** max(x, 0), or with `Relu6` min(max(x, 0), 6) (arXiv:1704.04861). */
function clipped(tape: Tape, x: Value, op: 'Relu' | 'Relu6'): Value {
  const y = run(op, plain, x.tensor);
  return tape.op([x], y, (dy) => [run(`${op}Grad`, plain, dy, y)]);
}

/** min(max(x + 3, 0), 6) / 6 (arXiv:1905.02244). */
export function hardSigmoid(tape: Tape, x: Value): Value {
  const { moved, gate } = gateOf(x.tensor);
  return tape.op([x], gate, (dy) => [throughGate(dy, moved)], [moved]);
}

/** x times its hard sigmoid (arXiv:1905.02244). */
function hardSwish(tape: Tape, x: Value): Value {
  const { moved, gate } = gateOf(x.tensor);
  return tape.op(
    [x],
    run('Mul', plain, x.tensor, gate),
    (dy) => {
      const pull = run('Mul', plain, dy, x.tensor);
      const [direct, gated] = [run('Mul', plain, dy, gate), throughGate(pull, moved)];
      const dx = run('AddV2', plain, direct, gated);
      dispose(direct, gated, pull);
      return [dx];
    },
    [moved, gate],
  );
}

/** The hard sigmoid of x, and x + 3; the caller owns both. */
function gateOf(x: Tensor): { readonly moved: Tensor; readonly gate: Tensor } {
  const moved = run('AddV2', plain, x, floatConstant(3));
  return { moved, gate: chain(moved, [['Relu6'], ['Mul', 1 / 6]]) };
}

/** Gradient of the hard sigmoid with respect to x from that of its output, `dy`; `moved` is x + 3. */
function throughGate(dy: Tensor, moved: Tensor): Tensor {
  const passed = run('Relu6Grad', plain, dy, moved);
  const dx = run('Mul', plain, passed, floatConstant(1 / 6));
  dispose(passed);
  return dx;
}

/** x * Phi(x), Phi the standard normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
function gelu(tape: Tape, x: Value): Value {
  const phi = normalCdf(x.tensor);
  return tape.op(
    [x],
    run('Mul', plain, x.tensor, phi),
    function* (dy) {
      const slope = geluSlope(x.tensor, phi);
      yield run('Mul', plain, dy, slope);
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

/** Applies ops in sequence, each with an optional scalar as its second input; intermediate tensors are freed. */
function chain(x: Tensor, ops: readonly (readonly [string, number?])[]): Tensor {
  let y = x;
  for (const [op, scalar] of ops) {
    const next = scalar === undefined ? run(op, plain, y) : run(op, plain, y, floatConstant(scalar));
    if (y !== x) dispose(y);
    y = next;
  }
  return y;
}
