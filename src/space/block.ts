/**
 * Block specs: read-only data, one record per kind. What a kind means is spelled out where it is interpreted: its loads
 * in `cost/`, its forward pass in `nn/`, its YAML in `space/schema.ts`.
 *
 * All convolutions are without bias, each followed by batch norm, padding `same`. A block other than `conv` adds its
 * input exactly when its stride is 1 and its input and output channels are equal.
 */

/** k x k convolution -> BN -> activation. */
export interface ConvSpec {
  readonly kind: 'conv';
  readonly kernel: number;
  readonly stride: number;
  readonly out: number;
}

/** k x k convolution to `expand` times the input's channels -> BN -> activation -> 1x1 to `out` -> BN. */
export interface FusedIbSpec {
  readonly kind: 'fusedIb';
  readonly kernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly out: number;
}

/**
 * Universal inverted bottleneck (MobileNetV4, arXiv:2404.10518): [start depthwise -> BN] -> 1x1 expand -> BN ->
 * activation -> [middle depthwise -> BN -> activation] -> 1x1 project -> BN. A kernel of 0 leaves its layer out. The
 * stride sits on the middle layer or, where that is absent, on the start layer.
 */
export interface UibSpec {
  readonly kind: 'uib';
  readonly startKernel: number;
  readonly midKernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly out: number;
}

export type BlockSpec = ConvSpec | FusedIbSpec | UibSpec;

/** The name MobileNetV4 gives a UIB with these depthwise layers. */
export function uibVariant(block: Pick<UibSpec, 'startKernel' | 'midKernel'>): 'ExtraDW' | 'IB' | 'ConvNext' | 'FFN' {
  if (block.startKernel !== 0) return block.midKernel !== 0 ? 'ExtraDW' : 'ConvNext';
  return block.midKernel !== 0 ? 'IB' : 'FFN';
}

/**
 * A channel count that came from a product, rounded to the nearest multiple of 8 (halves up, at least 8), and 8 more
 * where that lost over 10 %: 7 -> 8, 20 -> 24, 18 -> 24.
 */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Channels between a block's expansion and its projection. */
export function expandedChannels(inputChannels: number, expand: number): number {
  return roundChannels(inputChannels * expand);
}

/** Height or width after a layer of that stride with padding `same`. */
export function strided(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/** Whether a block adds its input to its output; a plain convolution never does, as in the published networks. */
export function isResidual(inputChannels: number, block: Pick<BlockSpec, 'kind' | 'stride' | 'out'>): boolean {
  return block.kind !== 'conv' && block.stride === 1 && block.out === inputChannels;
}
