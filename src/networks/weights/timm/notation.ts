/** Blocks in timm's notation, such as `uir_r1_a5_k5_s2_e3_c96` (timm, `decode_arch_def`). */
import { assertNever } from '#core/assert-never';
import type { Activation, BlockSpec } from '#networks/space/block';
import type { PlacedBlock } from './placed-blocks.js';

/** A block's kind and fields, without its repeats: `cn`, `k3_s2_e1_c32`. */
interface Notation {
  readonly kind: string;
  readonly fields: string;
}

/**
 * A stage in timm's notation: each run of equal blocks with stride 1 is one string with their count.
 *
 * @param squeezeOf  timm's ratio for squeeze-and-excitation at a quarter of the expanded width
 */
export function stageNotation(blocks: readonly PlacedBlock[], squeezeOf: (expand: number) => number): string[] {
  const runs: (Notation & { count: number })[] = [];
  for (const { spec } of blocks) {
    const { kind, fields } = notation(spec, squeezeOf);
    const last = runs.at(-1);
    if (last?.kind === kind && last.fields === fields && spec.stride === 1) last.count++;
    else runs.push({ kind, fields, count: 1 });
  }
  return runs.map(({ kind, fields, count }) => `${kind}_r${count}_${fields}`);
}

function notation(spec: BlockSpec, squeezeOf: (expand: number) => number): Notation {
  const { stride, out } = spec;
  switch (spec.kind) {
    case 'conv':
      return { kind: 'cn', fields: `k${spec.kernel}_s${stride}_e1_c${out}` };
    case 'fusedIb':
      return { kind: 'er', fields: `k${spec.kernel}_s${stride}_e${spec.expand}_c${out}` };
    case 'uib': {
      const { startKernel, midKernel, expand } = spec;
      return { kind: 'uir', fields: `a${startKernel}_k${midKernel}_s${stride}_e${expand}_c${out}` };
    }
    case 'mqa':
    case 'mha': {
      const { kind, heads, kvStride, keyDim } = spec;
      return { kind, fields: `k3_h${heads}_s${stride}_v${kvStride}_d${keyDim}_c${out}` };
    }
    case 'dwSep':
      return { kind: 'dsa', fields: `k${spec.kernel}_s${stride}_c${out}` };
    case 'invertedResidual': {
      const { kernel, expand, squeeze, activation } = spec;
      const more = [squeeze ? `_se${squeezeOf(expand)}` : '', activation ? `_n${activationCode[activation]}` : ''];
      return { kind: expand === 1 ? 'ds' : 'ir', fields: `k${kernel}_s${stride}_e${expand}_c${out}${more.join('')}` };
    }
    default:
      return assertNever(spec);
  }
}

/** Codes of a block's own activation; timm has none for GELU, which it knows only as the whole network's activation. */
const activationCode: Readonly<Record<Activation, string | undefined>> = {
  relu: 're',
  relu6: 'r6',
  hardSwish: 'hs',
  gelu: undefined,
};

/** The reason why timm cannot express a block, as `expected …; got …`; undefined if it can. */
export function lackingInTimm({ spec, input }: PlacedBlock): string | undefined {
  switch (spec.kind) {
    case 'mqa':
      return spec.valueDim === spec.keyDim
        ? undefined
        : `expected valueDim equal to keyDim, ${spec.keyDim}; got ${spec.valueDim}`;
    case 'mha': {
      const { heads, keyDim, valueDim, kvStride } = spec;
      if (kvStride !== 1) return `expected an mha with kvStride 1; got ${kvStride}`;
      const width = input / heads;
      const isExpressed = keyDim === width && valueDim === width;
      return isExpressed
        ? undefined
        : `expected an mha with keyDim and valueDim equal to channels / heads, ${width}; got ${keyDim} and ${valueDim}`;
    }
    case 'invertedResidual':
      return spec.activation === 'gelu' ? 'expected a block activation other than gelu; got gelu' : undefined;
    case 'conv':
    case 'fusedIb':
    case 'uib':
    case 'dwSep':
      return undefined;
    default:
      return assertNever(spec);
  }
}
