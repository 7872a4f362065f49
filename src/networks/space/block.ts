/**
 * Block specs: read-only data, one record per kind. Other files interpret a kind: `cost/layers/` computes its loads,
 * `nn/blocks/` its forward pass, and `space/schema.ts` reads its YAML.
 *
 * Convolutions have no bias and are followed by batch norm unless the kind says otherwise. A block other than `conv`
 * and `dwSep` adds its input if and only if its stride is 1 and its input and output channels are equal.
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
 * middle layer carries the stride or, if it is absent, the start layer.
 */
export interface UibSpec {
  readonly kind: 'uib';
  readonly startKernel: number;
  readonly midKernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly out: number;
}

/**
 * Attention over the positions of a map, `out` channels in and out: BN -> queries of every position, keys and values of
 * every position or, at a `kvStride` of 2, of the map downsampled by 3x3 depthwise layers with BN -> attention -> 1x1
 * to `out`. `mqa` is Mobile MQA (MobileNetV4, arXiv:2404.10518): all heads share their keys and values. `mha` gives
 * each head separate ones, for comparison.
 */
export interface AttentionSpec {
  readonly kind: 'mqa' | 'mha';
  readonly heads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly kvStride: number;
  readonly stride: number;
  readonly out: number;
}

/** k x k depthwise -> BN -> activation -> 1x1 to `out` -> BN -> activation (MobileNetV1, arXiv:1704.04861). */
export interface DwSepSpec {
  readonly kind: 'dwSep';
  readonly kernel: number;
  readonly stride: number;
  readonly out: number;
}

/**
 * 1x1 to `expand` times the input's channels -> BN -> activation -> k x k depthwise -> BN -> activation ->
 * [squeeze-and-excitation] -> 1x1 to `out` -> BN (MobileNetV2, arXiv:1801.04381; V3, arXiv:1905.02244). An expansion of
 * 1 leaves the first layer out.
 */
export interface InvertedResidualSpec {
  readonly kind: 'invertedResidual';
  readonly kernel: number;
  readonly stride: number;
  /** May be fractional. */
  readonly expand: number;
  readonly squeeze: boolean;
  /** Defaults to the network's activation. */
  readonly activation?: Activation;
  readonly out: number;
}

export type BlockSpec = ConvSpec | FusedIbSpec | UibSpec | AttentionSpec | DwSepSpec | InvertedResidualSpec;

export const activations = ['relu', 'relu6', 'gelu', 'hardSwish'] as const;
export type Activation = (typeof activations)[number];

/** The name MobileNetV4 gives a UIB with these depthwise layers. */
export function uibVariant(block: Pick<UibSpec, 'startKernel' | 'midKernel'>): 'ExtraDW' | 'IB' | 'ConvNext' | 'FFN' {
  if (block.startKernel !== 0) return block.midKernel !== 0 ? 'ExtraDW' : 'ConvNext';
  return block.midKernel !== 0 ? 'IB' : 'FFN';
}

/**
 * Rounds the product of a channel count to the nearest multiple of 8 (halves up, at least 8), and adds 8 if rounding
 * lost over 10 %: 7 -> 8, 20 -> 24, 18 -> 24.
 */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Channels between a block's expansion and its projection. */
export function expandedChannels(inputChannels: number, expand: number): number {
  return roundChannels(inputChannels * expand);
}

/** Channels between the two layers of a squeeze-and-excitation: a quarter, as in MobileNetV3. */
export function squeezedChannels(channels: number): number {
  return roundChannels(channels / 4);
}

/** Height or width after a layer with this stride and padding `same`. */
export function strided(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

const plainKinds: readonly BlockSpec['kind'][] = ['conv', 'dwSep'];

/** True if a block adds its input to its output; plain convolutions never do, as in the published networks. */
export function isResidual(inputChannels: number, block: Pick<BlockSpec, 'kind' | 'stride' | 'out'>): boolean {
  return !plainKinds.includes(block.kind) && block.stride === 1 && block.out === inputChannels;
}
