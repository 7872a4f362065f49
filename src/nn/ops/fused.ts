/**
 * Layers by our own kernels: a linear op on features whose batch norm may be pending, leaving its own pending. Each function
 * answers undefined where no kernel of ours does it.
 */
import { attribute, dispose, type Tensor } from '../backend.js';
import type { OpAttribute } from '../native.js';
import { hasOwnKernels, leastChannels, noNorm, type OwnOp, runOwn } from '../own-kernels.js';
import type { Features, Tape, Unsettled, Value } from '../tape.js';
import { alias } from './arithmetic.js';
import { epsilon } from './batch-norm.js';
import type { Window } from './convolution.js';

/** The batch norm behind a linear op, by the batch's own statistics. */
export interface BatchNorm {
  readonly gamma: Value;
  readonly beta: Value;
  readonly relu: boolean;
}

const ownKernelSizes = [3, 5];
const epsilonAttribute = attribute.float('epsilon', epsilon);

/**
 * @param x       [..., Cin]
 * @param kernel  [Cin, Cout]
 */
export function fusedPointwise(tape: Tape, x: Features, kernel: Value, norm: BatchNorm): Unsettled | undefined {
  return isOurs(x.tensor, kernel.tensor) ? layer(tape, 'Pointwise', x, kernel, norm, []) : undefined;
}

/**
 * @param x       [B, H, W, C]
 * @param kernel  [k, k, C, 1]
 */
export function fusedDepthwise(
  tape: Tape,
  x: Features,
  kernel: Value,
  stride: number,
  { before, out }: Window,
  norm: BatchNorm,
): Unsettled | undefined {
  const size = kernel.tensor.shape[0] as number;
  if (!isOurs(x.tensor) || !ownKernelSizes.includes(size)) return undefined;
  const window = attribute.int('window', [stride, ...before, ...out]);
  return layer(tape, 'Depthwise', x, kernel, norm, [window]);
}

/**
 * Behind an op of TensorFlow's: the same tensor, its batch norm pending.
 *
 * @param linear  gives [..., C]; called only where the kernel is ours
 */
export function fusedBatchNorm(
  tape: Tape,
  linear: () => Value,
  { gamma, beta, relu }: BatchNorm,
): Unsettled | undefined {
  if (!isOurs(gamma.tensor)) return undefined;
  const z = linear();
  const inputs = [z.tensor, gamma.tensor, beta.tensor];
  const [norm] = runOwn('BatchNorm', [epsilonAttribute], inputs, 1) as [Tensor];
  const tensor = alias(z.tensor);
  return tape.unsettled(tensor, { norm, relu, gamma, beta }, [z, gamma, beta], (d) => {
    const attributes = [attribute.int('relu', Number(relu))];
    const [dz] = runOwn('BatchNormGrad', attributes, [d, tensor, norm, ...parameterGradients(gamma, beta)], 1);
    tape.give(z, dz as Tensor);
  });
}

function layer(
  tape: Tape,
  op: OwnOp & ('Pointwise' | 'Depthwise'),
  x: Features,
  kernel: Value,
  { gamma, beta, relu }: BatchNorm,
  sizes: readonly OpAttribute[],
): Unsettled {
  const input = [x.tensor, x.pending?.norm ?? noNorm(), kernel.tensor];
  const attributes = [attribute.int('x_relu', Number(x.pending?.relu ?? false)), ...sizes];
  const forward = [...attributes, epsilonAttribute];
  const [z, norm] = runOwn(op, forward, [...input, gamma.tensor, beta.tensor], 2) as [Tensor, Tensor];
  return tape.unsettled(z, { norm, relu, gamma, beta }, [x, kernel, gamma, beta], (d) => {
    const own = [d, z, norm, ...parameterGradients(gamma, beta)];
    const backward = [...attributes, attribute.int('relu', Number(relu))];
    const [dx, dKernel, dGamma, dBeta] = runOwn(`${op}Grad`, backward, [...own, ...input], 4) as FourTensors;
    give(tape, kernel, dKernel);
    give(tape, x, dx);
    if (x.pending === undefined) dispose(dGamma, dBeta);
    else {
      give(tape, x.pending.gamma, dGamma);
      give(tape, x.pending.beta, dBeta);
    }
  });
}

type FourTensors = [Tensor, Tensor, Tensor, Tensor];

function give(tape: Tape, value: Features, gradient: Tensor): void {
  if (value.needsGradient) tape.give(value, gradient);
  else dispose(gradient);
}

/** What the readers of a layer's output have given its gamma and beta; their weights' steps come later on the way back. */
function parameterGradients(gamma: Value, beta: Value): [Tensor, Tensor] {
  if (gamma.gradient === undefined || beta.gradient === undefined) throw new Error('nobody read the layer');
  return [gamma.gradient, beta.gradient];
}

function isOurs(...tensors: Tensor[]): boolean {
  return hasOwnKernels() && tensors.every(({ shape }) => (shape.at(-1) as number) >= leastChannels);
}
