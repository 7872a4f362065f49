/** Definition of a network in timm: its class and the arguments of that class. */
import { type Diagnostic, Failure } from '#core/failure';
import type { Activation } from '#networks/space/block';
import type { Architecture } from '#networks/space/space';
import { lackingInTimm, stageNotation } from './notation.js';
import { placedBlocks, stemOf } from './placed-blocks.js';

export interface TimmDefinition {
  /** timm's class: that of MobileNetV3 and V4, whose head has a layer after the pooling, or that of V1 and V2. */
  readonly model: 'MobileNetV3' | 'EfficientNet';
  readonly classes: number;
  readonly channels: number;
  /** The first convolution; timm's own is 3x3 with a stride of 2. */
  readonly stem: { readonly kernel: number; readonly stride: number; readonly out: number };
  /** Blocks in timm's notation, by stage. */
  readonly stages: readonly (readonly string[])[];
  /** Width of the head's last convolution; 0 where there is none. */
  readonly features: number;
  /** True if that convolution has a BN, false if it has a bias. */
  readonly featuresNorm: boolean;
  readonly activation: string;
  /** timm's `pad_type`: `same` for TensorFlow's padding, empty for half a kernel on all sides. */
  readonly padding: 'same' | '';
  readonly epsilon: number;
  readonly layerScale: boolean;
}

const activationNames: Readonly<Record<Activation, string>> = {
  relu: 'relu',
  relu6: 'relu6',
  gelu: 'gelu',
  hardSwish: 'hard_swish',
};

/** A network in timm's terms; throws a config failure that lists all that timm cannot express. */
export function timmDefinition(network: Architecture): TimmDefinition {
  const stem = requireExpressible(network);
  const { head, input, classes, activation, padding, batchNormEpsilon: epsilon, layerScale } = network;
  const isHidden = head.hidden > 0;
  const squeezeOf = (expand: number) => (isHidden ? 0.25 : 0.25 * expand); // EfficientNet counts from the block's input
  const stages = placedBlocks(network).map((blocks) => stageNotation(blocks, squeezeOf));
  const { kernel, stride, out } = stem;
  return {
    model: isHidden ? 'MobileNetV3' : 'EfficientNet',
    classes,
    channels: input.channels,
    stem: { kernel, stride, out },
    stages: isHidden && head.conv > 0 ? [...stages, [`cn_r1_k1_s1_e1_c${head.conv}`]] : stages,
    features: isHidden ? head.hidden : head.conv,
    featuresNorm: !isHidden || head.hiddenNorm,
    activation: activationNames[activation],
    padding: padding === 'same' ? 'same' : '',
    epsilon,
    layerScale,
  };
}

const mostStride = 16; // product of the strides after the stem; beyond it timm dilates

/** The stem of a network that timm can express; throws a config failure for others. */
function requireExpressible(network: Architecture) {
  const { spec: stem, ours = 'stages.0.blocks.0' } = stemOf(network) ?? {};
  const pathOf = (name: string) => name.replaceAll(/\.(\d+)/g, '[$1]');
  const problems: Diagnostic[] = [];
  const report = (path: string, message: string) => problems.push({ path, message });
  if (stem?.kind !== 'conv') report(pathOf(ours), `expected a conv, timm's stem; got ${stem?.kind ?? 'no block'}`);
  if (placedBlocks(network).length === 0 && (network.head.hidden === 0 || network.head.conv === 0)) {
    report('stages', "expected a block after timm's stem; got none");
  }
  let stride = 1;
  for (const block of placedBlocks(network).flat()) {
    const path = pathOf(block.ours);
    const lacking = lackingInTimm(block);
    if (lacking !== undefined) report(path, lacking);
    stride *= block.spec.stride;
    if (block.spec.stride > 1 && stride > mostStride) {
      report(path, `expected a total stride of at most ${mostStride} after the stem; got ${stride}`);
    }
  }
  if (network.layerScale && network.head.hidden === 0) {
    report('head.hidden', 'expected a hidden layer, which timm needs for layer scale; got 0');
  }
  if (stem?.kind === 'conv' && problems.length === 0) return stem;
  const failure = problems.map(({ path, message }) => ({ path: `${network.name}: ${path}`, message }));
  throw new Failure('config', failure, 'timm has no such network; export it as ONNX or safetensors');
}
