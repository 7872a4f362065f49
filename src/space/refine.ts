/** Opens the blocks of a finished network for the fine stage: `refine: { startKernel: [0, 3, 5], midKernel: [0, 3, 5] }`. */
import { conform } from '../core/conform.js';
import { formatPath, locateYaml, readText } from '../core/document.js';
import { Failure } from '../core/failure.js';
import { buildSpace } from './parse.js';
import { asSpace, spaceInput } from './print.js';
import { type BlockInput, type Refinement, refinementSchema } from './schema.js';
import type { Architecture, Space } from './space.js';

export interface NamedRefinement {
  readonly name: string;
  readonly refine: Refinement;
}

export function readRefinement(file: string): NamedRefinement {
  return conform(locateYaml(file, readText(file)), refinementSchema);
}

/**
 * The space of a network whose UIBs are opened as the refinement says, in all stages or in those it lists. In stride-2
 * blocks the 0 of `midKernel` drops out: the middle layer carries the stride. Every other block stays as it is.
 */
export function refine(network: Architecture, { name, refine: refinement }: NamedRefinement): Space {
  const input = spaceInput(asSpace(network));
  const opened = input.stages.map((stage, s) => {
    const isOpen = refinement.stages?.includes(s) ?? true;
    return isOpen
      ? { ...stage, blocks: stage.blocks.map((block) => refineBlock(block as BlockInput, refinement)) }
      : stage;
  });
  const at = (path: readonly PropertyKey[], message: string) => ({ path: formatPath(path), message });
  const space = buildSpace({ ...input, name: `${network.name}.${name}`, stages: opened }, { at });
  if (space.choices.length === 0) {
    throw new Failure(
      'config',
      `refinement ${name}: expected UIBs to open in ${network.name}; got none in the stages asked for`,
    );
  }
  return space;
}

function refineBlock(block: BlockInput, { startKernel, midKernel, expand }: Refinement): BlockInput {
  if (block.kind !== 'uib') return block;
  const carriesStride = block.stride > 1;
  const mid = Array.isArray(midKernel) && carriesStride ? midKernel.filter((k) => k !== 0) : midKernel;
  return {
    ...block,
    startKernel: startKernel ?? block.startKernel,
    midKernel: mid ?? block.midKernel,
    expand: expand ?? block.expand,
  };
}
