/**
 * One layer in the cost model. Batch norm and activation are fused into the layer before them; a residual add reads one
 * more input, which counts for the projecting layer.
 */

/** Height, width, channels. */
export type MapShape = readonly [height: number, width: number, channels: number];

export type LayerKind = 'conv' | 'depthwise' | 'pointwise' | 'pool' | 'fc' | 'matmul' | 'softmax' | 'multiply';

export interface Layer {
  readonly name: string;
  readonly kind: LayerKind;
  readonly input: MapShape;
  readonly output: MapShape;
  /** Multiply-accumulates of the convolution or matrix product; batch norm, activation and pooling count 0. */
  readonly macs: number;
  /** Trained values: weights, batch norm's gamma and beta, bias. */
  readonly params: number;
  /** Values that inference keeps: weights and one bias per channel, into which batch norm is folded. */
  readonly weights: number;
  /** Values read and written: the inputs, the output, and the input of a residual add. */
  readonly activations: number;
  /** Values that stay in memory while the layer runs, for later layers to read. */
  readonly held: number;
}

export function size([height, width, channels]: MapShape): number {
  return height * width * channels;
}

/** k x k convolution -> batch norm. */
export function conv(name: string, kernel: number, input: MapShape, output: MapShape): Layer {
  const kernelSize = kernel * kernel * input[2] * output[2];
  return linear(name, kernel === 1 ? 'pointwise' : 'conv', input, output, kernelSize, normalised(output[2]));
}

/** k x k depthwise convolution -> batch norm. */
export function depthwise(name: string, kernel: number, input: MapShape, output: MapShape): Layer {
  return linear(name, 'depthwise', input, output, kernel * kernel * output[2], normalised(output[2]));
}

/** 1x1 convolution -> batch norm; `values` replaces the count of the batch norm's values. */
export function pointwise(name: string, input: MapShape, channels: number, values = normalised(channels)): Layer {
  const output: MapShape = [input[0], input[1], channels];
  return linear(name, 'pointwise', input, output, input[2] * channels, values);
}

/** The layer with a residual add, which reads one more tensor of the output's shape. */
export function adding(layer: Layer): Layer {
  return { ...layer, activations: layer.activations + size(layer.output) };
}

/** The layer with `values` more held in memory. */
export function holding(layer: Layer, values: number): Layer {
  return { ...layer, held: layer.held + values };
}

/** The layers of a block that adds its input to its output: the last adds it, those between first and last hold it. */
export function residual(layers: readonly Layer[], input: MapShape): Layer[] {
  return layers.map((layer, i) => {
    if (i === layers.length - 1) return adding(layer);
    return i === 0 ? layer : holding(layer, size(input));
  });
}

/** The layer with a trained scale for each output channel, which folds into its kernel. */
export function scaled(layer: Layer): Layer {
  return { ...layer, params: layer.params + layer.output[2] };
}

/**
 * A matrix product of two inputs, neither of them weights: `depth` MACs for each value of the output. `others` are the
 * values of the second input.
 */
export function product(name: string, input: MapShape, output: MapShape, depth: number, others: number): Layer {
  const activations = size(input) + others + size(output);
  return {
    name,
    kind: 'matmul',
    input,
    output,
    macs: size(output) * depth,
    params: 0,
    weights: 0,
    activations,
    held: 0,
  };
}

/** Softmax over the channels. */
export function softmax(name: string, shape: MapShape): Layer {
  return passing(name, 'softmax', shape, shape, 0);
}

/** Global average pooling. */
export function pool(name: string, input: MapShape): Layer {
  return passing(name, 'pool', input, [1, 1, input[2]], 0);
}

/** Product of each channel of a map and one factor per channel. */
export function multiply(name: string, shape: MapShape): Layer {
  return passing(name, 'multiply', shape, shape, shape[2]);
}

/** Fully connected layer with bias. */
export function fullyConnected(name: string, input: MapShape, classes: number): Layer {
  return linear(name, 'fc', input, [1, 1, classes], size(input) * classes, biased(classes));
}

/** Numbers of values that come with a kernel: those trained, and those that inference keeps after folding. */
export interface BesideKernel {
  readonly trained: number;
  readonly kept: number;
}

/** Gamma and beta of a batch norm, which leaves a bias once it is folded. */
export function normalised(channels: number): BesideKernel {
  return { trained: 2 * channels, kept: channels };
}

export function biased(channels: number): BesideKernel {
  return { trained: channels, kept: channels };
}

function linear(
  name: string,
  kind: LayerKind,
  input: MapShape,
  output: MapShape,
  kernelSize: number,
  { trained, kept }: BesideKernel,
): Layer {
  return {
    name,
    kind,
    input,
    output,
    macs: output[0] * output[1] * kernelSize,
    params: kernelSize + trained,
    weights: kernelSize + kept,
    activations: size(input) + size(output),
    held: 0,
  };
}

function passing(name: string, kind: LayerKind, input: MapShape, output: MapShape, alsoRead: number): Layer {
  const activations = size(input) + alsoRead + size(output);
  return { name, kind, input, output, macs: 0, params: 0, weights: 0, activations, held: 0 };
}
