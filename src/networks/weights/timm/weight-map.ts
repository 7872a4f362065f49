/** Mapping between the tensors of timm's state dict and ours, which `weights.ts` reads in both directions. */
import { assertNever } from '#core/assert-never';
import {
  type AttentionSpec,
  expandedChannels,
  type InvertedResidualSpec,
  squeezedChannels,
} from '#networks/space/block';
import type { Architecture } from '#networks/space/space';
import { headInput, type PlacedBlock, placedBlocks, stemOf } from './placed-blocks.js';

/**
 * Memory layout of a kernel: ours is [k, k, Cin, Cout], [k, k, C, 1] or [Cin, Cout], timm's [Cout, Cin, k, k]; the
 * fully connected layer's is [Cin, Cout] and [Cout, Cin].
 */
export type KernelLayout = 'dense' | 'depthwise' | 'pointwise' | 'fc' | 'vector';

/** A timm tensor, and the one or more of our tensors that it holds, joined along the first axis. */
export interface WeightMapping {
  readonly timm: string;
  readonly ours: readonly string[];
  readonly layout: KernelLayout;
  /** Shape in timm. */
  readonly shape: readonly number[];
}

/** Mappings of all tensors of a network except timm's batch counters. */
export function weightMap(network: Architecture): WeightMapping[] {
  const { spec: stem, ours } = stemOf(network) ?? {};
  if (stem?.kind !== 'conv') throw new Error('timmDefinition refuses such a network');
  return [
    ...conv(`${ours}.conv`, 'conv_stem', 'bn1', stem.kernel, network.input.channels, stem.out),
    ...placedBlocks(network)
      .flat()
      .flatMap((block) => blockMappings(block, network.layerScale)),
    ...headMappings(network),
  ];
}

function blockMappings(block: PlacedBlock, layerScale: boolean): WeightMapping[] {
  const { spec, input, ours, timm } = block;
  const { out } = spec;
  const scale = layerScale ? [vector(`${ours}.layerScale`, `${timm}.layer_scale.gamma`, out)] : [];
  switch (spec.kind) {
    case 'conv':
      return conv(`${ours}.conv`, `${timm}.conv`, `${timm}.bn1`, spec.kernel, input, out);
    case 'fusedIb': {
      const wide = expandedChannels(input, spec.expand);
      return [
        ...conv(`${ours}.expand`, `${timm}.conv_exp`, `${timm}.bn1`, spec.kernel, input, wide),
        ...pointwise(`${ours}.project`, `${timm}.conv_pwl`, `${timm}.bn2`, wide, out),
      ];
    }
    case 'uib': {
      const wide = expandedChannels(input, spec.expand);
      const named = (layer: string) => [`${timm}.${layer}.conv`, `${timm}.${layer}.bn`] as const;
      return [
        ...depthwise(`${ours}.start`, ...named('dw_start'), spec.startKernel, input),
        ...pointwise(`${ours}.expand`, ...named('pw_exp'), input, wide),
        ...depthwise(`${ours}.mid`, ...named('dw_mid'), spec.midKernel, wide),
        ...pointwise(`${ours}.project`, ...named('pw_proj'), wide, out),
        ...scale,
      ];
    }
    case 'mqa':
    case 'mha':
      return [...attentionMappings(block, spec), ...scale];
    case 'dwSep':
      return [
        ...depthwise(`${ours}.dw`, `${timm}.conv_dw`, `${timm}.bn1`, spec.kernel, input),
        ...pointwise(`${ours}.project`, `${timm}.conv_pw`, `${timm}.bn2`, input, out),
      ];
    case 'invertedResidual':
      return invertedResidualMappings(block, spec);
    default:
      return assertNever(spec);
  }
}

function attentionMappings({ input, ours, timm }: PlacedBlock, spec: AttentionSpec): WeightMapping[] {
  const { kind, heads, keyDim, valueDim, kvStride, out } = spec;
  const attention = `${timm}.attn`;
  const project = (of: string, named: string, from: number, to: number) =>
    kernel(`${ours}.${of}.kernel`, `${attention}.${named}.weight`, 'pointwise', [to, from, 1, 1]);
  if (kind === 'mha') {
    const all = ['query', 'key', 'value'].map((of) => `${ours}.${of}.kernel`);
    const qkv: WeightMapping = {
      timm: `${attention}.qkv.weight`,
      ours: all,
      layout: 'pointwise',
      shape: [3 * input, input, 1, 1],
    };
    return [...norm(`${ours}.norm`, `${timm}.norm`, input), qkv, project('output', 'proj', heads * valueDim, out)];
  }
  const down = (of: string) => {
    if (kvStride === 1) return [];
    return depthwise(`${ours}.${of}.down`, `${attention}.${of}.down_conv`, `${attention}.${of}.norm`, 3, input);
  };
  return [
    ...norm(`${ours}.norm`, `${timm}.norm`, input),
    project('query', 'query.proj', input, heads * keyDim),
    ...down('key'),
    project('key', 'key.proj', input, keyDim),
    ...down('value'),
    project('value', 'value.proj', input, valueDim),
    project('output', 'output.proj', heads * valueDim, out),
  ];
}

function invertedResidualMappings({ input, ours, timm }: PlacedBlock, spec: InvertedResidualSpec): WeightMapping[] {
  const { kernel: k, expand, squeeze, out } = spec;
  const narrow = expand === 1; // timm's `ds`
  const wide = narrow ? input : expandedChannels(input, expand);
  const squeezed = squeezedChannels(wide);
  const excitation = [
    ...biased(`${ours}.squeeze.reduce`, `${timm}.se.conv_reduce`, wide, squeezed),
    ...biased(`${ours}.squeeze.excite`, `${timm}.se.conv_expand`, squeezed, wide),
  ];
  return [
    ...(narrow ? [] : pointwise(`${ours}.expand`, `${timm}.conv_pw`, `${timm}.bn1`, input, wide)),
    ...depthwise(`${ours}.dw`, `${timm}.conv_dw`, `${timm}.${narrow ? 'bn1' : 'bn2'}`, k, wide),
    ...(squeeze ? excitation : []),
    ...pointwise(
      `${ours}.project`,
      `${timm}.${narrow ? 'conv_pw' : 'conv_pwl'}`,
      `${timm}.${narrow ? 'bn2' : 'bn3'}`,
      wide,
      out,
    ),
  ];
}

function headMappings(network: Architecture): WeightMapping[] {
  const { conv: width, hidden, hiddenNorm } = network.head;
  const input = headInput(network);
  const pooled = width === 0 ? input : width;
  const last = `blocks.${placedBlocks(network).length}.0`; // in timm the head's convolution is a separate stage
  const [inTimm, itsNorm] = hidden > 0 ? [`${last}.conv`, `${last}.bn1`] : ['conv_head', 'bn2'];
  const features = hidden > 0 ? hidden : pooled;
  const deep = hiddenNorm
    ? pointwise('head.hidden', 'conv_head', 'norm_head', pooled, hidden)
    : biased('head.hidden', 'conv_head', pooled, hidden);
  return [
    ...(width === 0 ? [] : pointwise('head.conv', inTimm, itsNorm, input, width)),
    ...(hidden === 0 ? [] : deep),
    kernel('head.fc.kernel', 'classifier.weight', 'fc', [network.classes, features]),
    vector('head.fc.bias', 'classifier.bias', network.classes),
  ];
}

/** k x k convolution and BN; our names include the kernel size. */
function conv(ours: string, timm: string, itsNorm: string, k: number, input: number, out: number): WeightMapping[] {
  const named = `${ours}${k}`;
  return [
    kernel(`${named}.kernel`, `${timm}.weight`, 'dense', [out, input, k, k]),
    ...norm(`${named}.bn`, itsNorm, out),
  ];
}

/** k x k depthwise convolution and BN; a kernel of 0 has neither. */
function depthwise(ours: string, timm: string, itsNorm: string, k: number, channels: number): WeightMapping[] {
  if (k === 0) return [];
  const named = `${ours}${k}`;
  return [
    kernel(`${named}.kernel`, `${timm}.weight`, 'depthwise', [channels, 1, k, k]),
    ...norm(`${named}.bn`, itsNorm, channels),
  ];
}

function pointwise(ours: string, timm: string, itsNorm: string, input: number, out: number): WeightMapping[] {
  return [
    kernel(`${ours}.kernel`, `${timm}.weight`, 'pointwise', [out, input, 1, 1]),
    ...norm(`${ours}.bn`, itsNorm, out),
  ];
}

/** 1x1 convolution with a bias in place of BN. */
function biased(ours: string, timm: string, input: number, out: number): WeightMapping[] {
  return [
    kernel(`${ours}.kernel`, `${timm}.weight`, 'pointwise', [out, input, 1, 1]),
    vector(`${ours}.bias`, `${timm}.bias`, out),
  ];
}

function norm(ours: string, timm: string, channels: number): WeightMapping[] {
  return [
    vector(`${ours}.gamma`, `${timm}.weight`, channels),
    vector(`${ours}.beta`, `${timm}.bias`, channels),
    vector(`${ours}.mean`, `${timm}.running_mean`, channels),
    vector(`${ours}.variance`, `${timm}.running_var`, channels),
  ];
}

function kernel(ours: string, timm: string, layout: KernelLayout, shape: readonly number[]): WeightMapping {
  return { timm, ours: [ours], layout, shape };
}

function vector(ours: string, timm: string, channels: number): WeightMapping {
  return { timm, ours: [ours], layout: 'vector', shape: [channels] };
}
