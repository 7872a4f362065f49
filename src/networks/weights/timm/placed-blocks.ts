/** Positions of a network's blocks in timm, `blocks.S.B`: timm begins a stage at each of our stages and strides. */
import type { BlockSpec } from '#networks/space/block';
import type { Architecture } from '#networks/space/space';

export interface PlacedBlock {
  readonly spec: BlockSpec;
  /** Input channels. */
  readonly input: number;
  /** Prefix of its weight names in our files: `stages.1.blocks.0`. */
  readonly ours: string;
  /** Prefix of its weight names in timm: `blocks.0.0`. */
  readonly timm: string;
}

/** The first block, which is timm's stem, with our name for it; undefined where there are no blocks. */
export function stemOf({ stages }: Architecture): { readonly spec: BlockSpec; readonly ours: string } | undefined {
  const s = stages.findIndex(({ blocks }) => blocks.length > 0);
  const spec = stages[s]?.blocks[0];
  return spec && { spec, ours: `stages.${s}.blocks.0` };
}

/**
 * The blocks after the stem, which is the first block, grouped by timm's stages. In a timm stage only the first block
 * has a stride, so a stride within one of our stages begins another.
 */
export function placedBlocks(network: Architecture): PlacedBlock[][] {
  const { input, stages } = network;
  const stem = stemOf(network)?.ours;
  const placed: PlacedBlock[][] = [];
  let channels = input.channels;
  for (const [s, { blocks }] of stages.entries()) {
    let current: PlacedBlock[] | undefined;
    for (const [b, spec] of blocks.entries()) {
      const ours = `stages.${s}.blocks.${b}`;
      if (ours !== stem && (current === undefined || spec.stride > 1)) {
        current = [];
        placed.push(current);
      }
      const timm = `blocks.${placed.length - 1}.${current?.length}`;
      current?.push({ spec, input: channels, ours, timm });
      channels = spec.out;
    }
  }
  return placed;
}

/** Input channels of the head. */
export function headInput({ input, stages }: Architecture): number {
  return stages.flatMap(({ blocks }) => blocks).at(-1)?.out ?? input.channels;
}
