/** Where timm has a network's blocks: `blocks.S.B`, in stages that begin with every stage of ours and every stride. */
import type { BlockSpec } from '../space/block.js';
import type { Architecture } from '../space/space.js';

export interface PlacedBlock {
  readonly spec: BlockSpec;
  /** Channels of its input. */
  readonly input: number;
  /** Prefix of its weights' names with us: `stages.1.blocks.0`. */
  readonly ours: string;
  /** Prefix of its weights' names in timm: `blocks.0.0`. */
  readonly timm: string;
}

/**
 * The blocks behind the stem, which is the first block, stage by stage of timm's. A stage of timm has a stride in its
 * first block alone, so a stride amid a stage of ours begins another.
 */
export function placedBlocks({ input, stages }: Architecture): PlacedBlock[][] {
  const placed: PlacedBlock[][] = [];
  let channels = input.channels;
  for (const [s, { blocks }] of stages.entries()) {
    let current: PlacedBlock[] | undefined;
    for (const [b, spec] of blocks.entries()) {
      const isStem = s === 0 && b === 0;
      if (!isStem && (current === undefined || spec.stride > 1)) {
        current = [];
        placed.push(current);
      }
      const timm = `blocks.${placed.length - 1}.${current?.length}`;
      current?.push({ spec, input: channels, ours: `stages.${s}.blocks.${b}`, timm });
      channels = spec.out;
    }
  }
  return placed;
}

/** Channels that the head sees. */
export function headInput({ stages }: Architecture): number {
  return stages.at(-1)?.blocks.at(-1)?.out ?? 0;
}
