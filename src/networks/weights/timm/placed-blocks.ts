/** Where timm has a network's blocks: `blocks.S.B`, in stages that begin with every stage of ours and every stride. */
import type { BlockSpec } from '#networks/space/block';
import type { Architecture } from '#networks/space/space';

export interface PlacedBlock {
  readonly spec: BlockSpec;
  /** Channels of its input. */
  readonly input: number;
  /** Prefix of its weights' names with us: `stages.1.blocks.0`. */
  readonly ours: string;
  /** Prefix of its weights' names in timm: `blocks.0.0`. */
  readonly timm: string;
}

/** The first block, timm's stem, with its name with us. */
export function stemOf({ stages }: Architecture): { readonly spec: BlockSpec; readonly ours: string } | undefined {
  const s = stages.findIndex(({ blocks }) => blocks.length > 0);
  const spec = stages[s]?.blocks[0];
  return spec && { spec, ours: `stages.${s}.blocks.0` };
}

/**
 * The blocks behind the stem, which is the first block, stage by stage of timm's. A stage of timm has a stride in its
 * first block alone, so a stride amid a stage of ours begins another.
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

/** Channels that the head sees. */
export function headInput({ input, stages }: Architecture): number {
  return stages.flatMap(({ blocks }) => blocks).at(-1)?.out ?? input.channels;
}
