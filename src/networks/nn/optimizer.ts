/**
 * Optimizers over the flat weight vector. Every weight is updated at every step: weights that the step's architecture
 * does not use have a zero gradient, and their slots still decay (dense semantics, as in TuNAS's released code).
 */
import { assertNever } from '#core/assert-never';
import {
  attribute,
  backend,
  dataType,
  dispose,
  floatConstant,
  floatT,
  run,
  sizeOf,
  type Tensor,
} from '#networks/tensor/backend';
import { hasCustomOps, runCustom } from '#networks/tensor/custom-ops';
import { FlatVariable } from './flat-variable.js';
import { isDecayed, type WeightLayout } from './weight-layout.js';

export type OptimizerSpec =
  | { readonly kind: 'rmsProp'; readonly decay: number; readonly momentum: number; readonly epsilon: number }
  | { readonly kind: 'adamW'; readonly beta1: number; readonly beta2: number; readonly weightDecay: number };

export interface Optimizer {
  /** Named state vectors of the weights' layout, for checkpoints. */
  readonly slots: ReadonlyMap<string, FlatVariable>;
  /** Vectors of the weights' layout that no update changes. */
  readonly constants: readonly FlatVariable[];
  /** Updates this worker's part of the weights from that of the gradient, which is borrowed. `step` counts from 0. */
  apply(weights: FlatVariable, gradient: Tensor, learningRate: number, step: number): void;
  dispose(): void;
}

/** An optimizer in its initial state: RMSProp's mean square is 1 (as in TensorFlow 1), all else 0. */
export function createOptimizer(spec: OptimizerSpec, layout: WeightLayout): Optimizer {
  switch (spec.kind) {
    case 'rmsProp':
      return rmsProp(spec, layout);
    case 'adamW':
      return adamW(spec, layout);
    default:
      return assertNever(spec);
  }
}

const plain = [floatT];

/**
 * RMSProp (Tieleman and Hinton 2012) with momentum and with epsilon inside the root: ms, then
 * mom = m mom + lr g / sqrt(ms + e).
 */
function rmsProp(spec: Extract<OptimizerSpec, { kind: 'rmsProp' }>, { size }: WeightLayout): Optimizer {
  const meanSquare = new FlatVariable({ size, fill: (values: Float32Array) => values.fill(1) });
  const momentum = new FlatVariable({ size, fill: zero });
  return {
    ...owning({ meanSquare, momentum }),
    constants: [],
    apply(weights, gradient, learningRate) {
      const { decay, momentum: factor, epsilon } = spec;
      if (hasCustomOps()) {
        return applyOwn('RmsProp', [learningRate, decay, factor, epsilon], [weights, meanSquare, momentum], gradient);
      }
      const rate = scalar(learningRate);
      const constants = [decay, factor, epsilon].map(floatConstant);
      const inputs = [weights.handle, meanSquare.handle, momentum.handle, rate, ...constants, gradient];
      backend().run('ResourceApplyRMSProp', plain, inputs, 0);
      dispose(rate);
    },
  };
}

/** AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101): Adam with decoupled weight decay, on kernels only. */
function adamW(spec: Extract<OptimizerSpec, { kind: 'adamW' }>, layout: WeightLayout): Optimizer {
  const { size } = layout;
  const first = new FlatVariable({ size, fill: zero });
  const second = new FlatVariable({ size, fill: zero });
  const decayed = new FlatVariable({ size, fill: (mask: Float32Array) => markDecayed(layout, mask) });
  const state = owning({ first, second });
  return {
    slots: state.slots,
    constants: [decayed],
    apply(weights, gradient, learningRate, step) {
      const { beta1, beta2 } = spec;
      const factor = learningRate * spec.weightDecay;
      if (hasCustomOps()) {
        const settings = [factor, adamRate(learningRate, beta1, beta2, step), beta1, beta2, adamEpsilon];
        return applyOwn('AdamW', settings, [weights, first, second], gradient, [decayed]);
      }
      shrink(weights, decayed, factor);
      const changing = [beta1 ** (step + 1), beta2 ** (step + 1), learningRate].map(scalar);
      const constants = [beta1, beta2, adamEpsilon].map(floatConstant);
      const inputs = [weights.handle, first.handle, second.handle, ...changing, ...constants, gradient];
      backend().run('ResourceApplyAdam', plain, inputs, 0);
      dispose(...changing);
    },
    dispose() {
      state.dispose();
      decayed.dispose();
    },
  };
}

const adamEpsilon = 1e-7; // TensorFlow's default

/** The rate that corrects for moments that began at 0, computed in float32 as TensorFlow's op does. */
function adamRate(learningRate: number, beta1: number, beta2: number, step: number): number {
  const f = Math.fround;
  const left = (beta: number) => f(1 - f(beta ** (step + 1)));
  return f(f(f(learningRate) * f(Math.sqrt(left(beta2)))) / left(beta1));
}

/** Updates variables by our kernel, which writes to the memory that a read variable shares. */
function applyOwn(
  op: 'RmsProp' | 'AdamW',
  settings: readonly number[],
  variables: readonly FlatVariable[],
  gradient: Tensor,
  constants: readonly FlatVariable[] = [],
): void {
  const by = backend().create(Float32Array.from(settings), [settings.length]);
  const parts = (of: readonly FlatVariable[]) => of.map((variable) => variable.readPart());
  const [vectors, fixed] = [parts(variables), parts(constants)];
  runCustom(op, [], [by, ...vectors, gradient, ...fixed], 0);
  dispose(by, ...vectors, ...fixed);
}

function shrink(weights: FlatVariable, decayed: FlatVariable, factor: number): void {
  if (factor === 0) return;
  const share = scalar(factor);
  const [now, mask] = [weights.read(), decayed.read()];
  const kernels = run('Mul', plain, now, mask);
  const pull = run('Mul', plain, kernels, share);
  dispose(now, mask, kernels, share);
  backend().run('AssignSubVariableOp', [attribute.type('dtype', dataType.float32)], [weights.handle, pull], 0);
  dispose(pull);
}

function zero(): void {} // a vector's memory is zero already

/** Writes a 1 for each weight that decays. */
function markDecayed(layout: WeightLayout, mask: Float32Array): void {
  for (const spec of layout.specs.values()) {
    if (isDecayed(spec)) mask.fill(1, spec.offset, spec.offset + sizeOf(spec.shape));
  }
}

function scalar(value: number): Tensor {
  return backend().create(Float32Array.of(value), []);
}

function owning(slots: Record<string, FlatVariable>): Pick<Optimizer, 'slots' | 'dispose'> {
  return {
    slots: new Map(Object.entries(slots)),
    dispose: () => {
      for (const slot of Object.values(slots)) slot.dispose();
    },
  };
}
