/** Opens UIBs of a finished network for the fine stage: `refine: { startKernel: [0, 3, 5], midKernel: [0, 3, 5] }`. */
import { conform } from '#core/documents/conform';
import { formatPath, type Located, locateYaml, type Path, readText } from '#core/documents/document';
import { type Diagnostic, Failure } from '#core/failure';
import { buildSpace } from './parse.js';
import { asSpace, spaceInput } from './print.js';
import { type BlockInput, type Refinement, refinementSchema } from './schema.js';
import type { Architecture, Space } from './space.js';

export interface NamedRefinement {
  readonly name: string;
  readonly refine: Refinement;
  /** Locates a diagnostic in the refinement's file; absent without a file. */
  readonly at?: Located['at'];
}

export function readRefinement(file: string): NamedRefinement {
  const located = locateYaml(file, readText(file));
  return { ...conform(located, refinementSchema), at: located.at };
}

/**
 * Opens the UIBs of a network as the refinement says, in all stages or in those it lists, and returns the space. In a
 * stride-2 block one layer carries the stride, so its options lose their 0: the middle layer or, if the block has none,
 * the start layer. All other blocks stay unchanged. Throws a failure if nothing is left open.
 */
export function refine(network: Architecture, { name, refine: refinement, at = unplaced }: NamedRefinement): Space {
  requireStages(network, refinement, at);
  const input = spaceInput(asSpace(network));
  const opened = input.stages.map((stage, s) => {
    const isOpen = refinement.stages?.includes(s) ?? true;
    return isOpen
      ? { ...stage, blocks: stage.blocks.map((block) => refineBlock(block as BlockInput, refinement)) }
      : stage;
  });
  const inRefinement = (path: Path, message: string) => {
    const field = path.at(-1) as PropertyKey;
    const place = field in refinement ? ['refine', field] : ['refine'];
    return at(place, `${formatPath(path.slice(0, -1))} of ${network.name}: ${message}`);
  };
  const space = buildSpace({ ...input, name: `${network.name}.${name}`, stages: opened }, { at: inRefinement });
  if (space.choices.length > 0) return space;
  throw new Failure('config', at(['refine'], nothingOpen(network, refinement)));
}

/** Rejects stages that the network does not have, and those without a UIB, unless all their blocks were skipped. */
function requireStages({ name, stages }: Architecture, { stages: listed = [] }: Refinement, at: Located['at']): void {
  const problems = listed.flatMap((s, i) => {
    const blocks = stages[s]?.blocks;
    const report = (message: string) => [at(['refine', 'stages', i], message)];
    if (blocks === undefined) {
      return report(`expected a number below ${stages.length}, the count of stages of ${name}; got ${s}`);
    }
    if (blocks.length === 0 || blocks.some(isUib)) return [];
    return report(`expected a stage with UIBs; got ${s}, in which ${name} has none`);
  });
  if (problems.length > 0) throw new Failure('config', problems);
}

function isUib({ kind }: { readonly kind: string }): boolean {
  return kind === 'uib';
}

function nothingOpen({ name, stages }: Architecture, { stages: listed }: Refinement): string {
  const where = stages.filter((_, s) => listed?.includes(s) ?? true);
  if (where.some(({ blocks }) => blocks.some(isUib))) {
    return `expected options that open the UIBs of ${name}, such as [3, 5]; got one value for each field`;
  }
  const none = `expected UIBs to open in ${name}; got none`;
  return listed === undefined ? none : `${none} in the stages asked for`;
}

function refineBlock(block: BlockInput, refinement: Refinement): BlockInput {
  if (block.kind !== 'uib') return block;
  const { startKernel = block.startKernel, midKernel = block.midKernel, expand = block.expand } = refinement;
  if (block.stride === 1) return { ...block, startKernel, midKernel, expand };
  const mid = withoutZero(midKernel);
  return { ...block, startKernel: isZero(mid) ? withoutZero(startKernel) : startKernel, midKernel: mid, expand };
}

/** The options without 0; a single value, alone or in a list, stays. */
function withoutZero<K extends number>(kernel: K | K[]): K | K[] {
  return Array.isArray(kernel) && kernel.length > 1 ? kernel.filter((k) => k !== 0) : kernel;
}

function isZero(kernel: number | readonly number[]): boolean {
  return [kernel].flat().every((k) => k === 0);
}

function unplaced(path: Path, message: string): Diagnostic {
  return { path: formatPath(path), message };
}
