/**
 * Reverse-mode differentiation on a tape. Every primitive op runs its forward kernel and appends a step with its
 * gradient rule; `backward` walks the steps in reverse and frees each activation right after its last use. On a tape
 * that does not record, `block` frees everything made inside it except the result.
 */
import { dataType, dispose, floatT, run, type Tensor } from './backend.js';
import { ownSum } from './custom-ops.js';

/** A tensor in a forward pass; the tape owns it unless it is a leaf. */
export interface Value {
  readonly tensor: Tensor;
  /** True if a gradient with respect to it is wanted. */
  readonly needsGradient: boolean;
  /** Gradient so far, owned by the tape until `backward` has passed. */
  gradient: Tensor | undefined;
  readonly deferredNorm?: undefined;
}

/**
 * A layer's linear output whose batch norm and ReLU are left to its readers: the normalised tensor is never written to
 * memory. Its gradient is with respect to the value as its readers see it; they also compute those of gamma and beta.
 */
export interface Unnormalized extends Omit<Value, 'deferredNorm'> {
  readonly deferredNorm: DeferredNorm;
}

export interface DeferredNorm {
  /** Batch norm of each channel, [4, C]: mean, 1 / deviation, scale, shift. */
  readonly norm: Tensor;
  readonly relu: boolean;
  readonly gamma: Value;
  readonly beta: Value;
}

/** The input and output of layers. */
export type Features = Value | Unnormalized;

/** Gamma and beta of a deferred batch norm, whose gradients its readers compute; empty where nothing is deferred. */
export function parametersOf({ deferredNorm }: Features): readonly Value[] {
  return deferredNorm === undefined ? [] : [deferredNorm.gamma, deferredNorm.beta];
}

/**
 * Computes the gradients of an op's inputs, one for each in their order, from that of its output.
 *
 * @param dy     gradient with respect to the output; borrowed
 * @param wants  true for each input that wants a gradient. Other gradients may be left out or false; if given, they are
 *               freed.
 * @returns      gradients, owned by the tape; a generator hands each over before it computes the next
 */
export type GradientRule<Inputs extends readonly Features[] = readonly Features[]> = (
  dy: Tensor,
  wants: { readonly [I in keyof Inputs]: boolean },
) => Iterable<Tensor | false>;

interface Step {
  readonly output: Features;
  /** Propagates the output's gradient, which is borrowed. */
  readonly backward: (gradient: Tensor) => void;
  /** Further tensors that the backward pass needs; the tape owns them. */
  readonly saved: readonly Tensor[];
}

export class Tape {
  readonly recording: boolean;
  /** True if feature maps are stored as bfloat16 where our kernels make them. */
  readonly half: boolean;
  readonly #steps: Step[] = [];
  readonly #leaves: Tensor[] = [];

  constructor({ recording, half = false }: { readonly recording: boolean; readonly half?: boolean }) {
    this.recording = recording;
    this.half = half;
  }

  /** A value from outside, which the tape does not own. */
  leaf(tensor: Tensor, needsGradient = false): Value {
    return { tensor, needsGradient, gradient: undefined };
  }

  /** A value from outside that the tape owns from here on and frees at its end. */
  adopt(tensor: Tensor): Value {
    this.#leaves.push(tensor);
    return this.leaf(tensor);
  }

  /**
   * The result of a primitive op, owned by the tape from here on.
   *
   * @param inputs  values that may want a gradient; if none does, `rule` is never called
   * @param tensor  the op's output
   * @param rule    called at most once, if a gradient with respect to `tensor` reaches it
   * @param saved   further tensors that `rule` reads
   */
  op<const Inputs extends readonly Features[]>(
    inputs: Inputs,
    tensor: Tensor,
    rule: GradientRule<Inputs>,
    saved: readonly Tensor[] = [],
  ): Value {
    const output: Value = { tensor, needsGradient: this.#needsGradient(inputs), gradient: undefined };
    this.#steps.push({ output, backward: (dy) => this.#goBack(inputs, rule, dy), saved });
    return output;
  }

  /** Like `op`, for a tensor whose batch norm is deferred; the tape owns the norm too. */
  deferred<const Inputs extends readonly Features[]>(
    inputs: Inputs,
    tensor: Tensor,
    deferredNorm: DeferredNorm,
    rule: GradientRule<Inputs>,
  ): Unnormalized {
    const needsGradient = this.#needsGradient([...inputs, deferredNorm.gamma, deferredNorm.beta]);
    const output: Unnormalized = { tensor, needsGradient, gradient: undefined, deferredNorm };
    this.#steps.push({ output, backward: (dy) => this.#goBack(inputs, rule, dy), saved: [deferredNorm.norm] });
    return output;
  }

  /** A weight, owned by the tape from here on; `receive` gets its complete gradient, borrowed. */
  parameter(tensor: Tensor, receive: (gradient: Tensor) => void): Value {
    const output: Value = { tensor, needsGradient: this.recording, gradient: undefined };
    this.#steps.push({ output, backward: receive, saved: [] });
    return output;
  }

  #needsGradient(inputs: readonly Features[]): boolean {
    return this.recording && inputs.some((input) => input.needsGradient);
  }

  #goBack<Inputs extends readonly Features[]>(inputs: Inputs, rule: GradientRule<Inputs>, dy: Tensor): void {
    const wants = inputs.map(({ needsGradient }) => needsGradient) as Parameters<typeof rule>[1];
    let i = 0;
    for (const gradient of rule(dy, wants)) {
      const input = inputs[i++];
      if (gradient === false) continue;
      if (input?.needsGradient) this.#give(input, gradient);
      else dispose(gradient);
    }
  }

  /** Adds `gradient`, owned by the tape from here on, to the value's gradient so far. */
  #give(value: Features, gradient: Tensor): void {
    const before = value.gradient;
    if (before === undefined) {
      value.gradient = gradient;
      return;
    }
    value.gradient =
      before.dtype === dataType.bfloat16 ? ownSum([before, gradient]) : run('AddV2', addAttributes, before, gradient);
    dispose(before, gradient);
  }

  /** Runs part of a forward pass; without recording, frees everything made by it except its result. */
  block<T extends Features>(body: () => T): T {
    const start = this.#steps.length;
    const result = body();
    if (this.recording) return result;
    this.#keepOnly(result, start);
    return result;
  }

  /** Frees what was made since `start` except `result`, which may be older. */
  #keepOnly(result: Features, start: number): void {
    for (const step of this.#steps.splice(start)) {
      if (step.output === result && result.deferredNorm !== undefined) this.#steps.push(step);
      else {
        dispose(...step.saved);
        if (step.output === result) this.#steps.push({ ...step, saved: [] });
        else dispose(step.output.tensor);
      }
    }
  }

  /** Applies layers in sequence; without recording, only the last one's result stays alive. */
  sequence<T extends Features>(layers: readonly ((x: T) => T)[], input: T): T {
    const start = this.#steps.length;
    let x = input;
    for (const layer of layers) {
      x = layer(x);
      if (!this.recording) this.#keepOnly(x, start);
    }
    return x;
  }

  /**
   * Runs the backward pass from `result`, whose gradient is `gradient` (owned by the tape from here on), and frees the
   * tape. Afterwards leaves that need a gradient hold theirs, and the caller owns it.
   */
  backward(result: Value, gradient: Tensor): void {
    this.#give(result, gradient);
    for (let step = this.#steps.at(-1); step !== undefined; step = this.#steps.at(-1)) {
      const { output, backward, saved } = step;
      if (output.gradient !== undefined && output.needsGradient) backward(output.gradient);
      this.#steps.pop(); // only now: if `backward` throws, `dispose` still finds the step's tensors
      if (output.gradient !== undefined) dispose(output.gradient);
      output.gradient = undefined;
      dispose(output.tensor, ...saved);
    }
    this.dispose();
  }

  /** Frees everything that the tape still owns. */
  dispose(): void {
    for (const { output, saved } of this.#steps.splice(0)) {
      if (output.gradient !== undefined) dispose(output.gradient);
      dispose(output.tensor, ...saved);
    }
    dispose(...this.#leaves.splice(0));
  }
}

const addAttributes = [floatT];
