/**
 * One layer as the cost model sees it. Batch norm and activation are fused into the layer before them; a residual add
 * reads one more input, which the projecting layer counts.
 */

/** Height, width, channels. */
export type Shape = readonly [height: number, width: number, channels: number];

export type LayerKind = 'conv' | 'depthwise' | 'pointwise' | 'pool' | 'fc';

export interface Layer {
  readonly name: string;
  readonly kind: LayerKind;
  readonly input: Shape;
  readonly output: Shape;
  /** Multiplications with addition of convolution or matrix product; batch norm, activation and pooling count 0. */
  readonly macs: number;
  /** Trained values: weights, batch norm's gamma and beta, bias. */
  readonly params: number;
  /** Values that inference keeps: weights and one bias per channel, into which batch norm is folded. */
  readonly weights: number;
  /** Values read and written: the input, the output, and what a residual adds. */
  readonly activations: number;
}

export function size([height, width, channels]: Shape): number {
  return height * width * channels;
}

/** k x k convolution -> batch norm. */
export function conv(name: string, kernel: number, input: Shape, output: Shape): Layer {
  return normalised(name, kernel === 1 ? 'pointwise' : 'conv', input, output, kernel * kernel * input[2] * output[2]);
}

/** k x k depthwise convolution -> batch norm. */
export function depthwise(name: string, kernel: number, input: Shape, output: Shape): Layer {
  return normalised(name, 'depthwise', input, output, kernel * kernel * output[2]);
}

/** 1x1 convolution -> batch norm [-> + the block's input]. */
export function pointwise(name: string, input: Shape, channels: number, residual = false): Layer {
  const output: Shape = [input[0], input[1], channels];
  const layer = normalised(name, 'pointwise', input, output, input[2] * channels);
  return residual ? { ...layer, activations: layer.activations + size(output) } : layer;
}

/** Global average pooling. */
export function pool(name: string, input: Shape): Layer {
  const output: Shape = [1, 1, input[2]];
  return { name, kind: 'pool', input, output, macs: 0, params: 0, weights: 0, activations: size(input) + size(output) };
}

/** Fully connected, with bias. */
export function fullyConnected(name: string, input: Shape, classes: number): Layer {
  const output: Shape = [1, 1, classes];
  const macs = size(input) * classes;
  const params = macs + classes;
  return { name, kind: 'fc', input, output, macs, params, weights: params, activations: size(input) + classes };
}

function normalised(name: string, kind: LayerKind, input: Shape, output: Shape, kernelSize: number): Layer {
  const [height, width, channels] = output;
  return {
    name,
    kind,
    input,
    output,
    macs: height * width * kernelSize,
    params: kernelSize + 2 * channels, // gamma and beta
    weights: kernelSize + channels,
    activations: size(input) + size(output),
  };
}
