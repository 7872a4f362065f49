/** Random documents of the search-space language, for property tests. */
import fc from 'fast-check';
import { Failure } from '#core/failure';
import { buildSpace } from '#networks/space/parse';
import { type SpaceInput, spaceSchema } from '#networks/space/schema';
import type { Decisions, Space } from '#networks/space/space';

const widths = [8, 12, 24, 40]; // 12: no product rounds to it
/** One value, or a list of two or more that differ. */
function open<T>(values: readonly T[]) {
  return fc.oneof(fc.constantFrom(...values), fc.shuffledSubarray([...values], { minLength: 2 }));
}

/** Stride-1 blocks that may be options of one slot; `uib` with any kernels. */
const inner = fc.oneof(
  fc.record({ kind: fc.constant('conv'), kernel: open([1, 3, 5]) }),
  fc.record({ kind: fc.constant('fusedIb'), kernel: open([3, 5]), expand: open([2, 4]) }),
  fc.record({
    kind: fc.constant('uib'),
    startKernel: open([0, 3, 5]),
    midKernel: open([0, 3, 5]),
    expand: open([2, 3, 6]),
  }),
  fc.record({
    kind: fc.constantFrom('mqa', 'mha'),
    heads: fc.constantFrom(1, 2, 3),
    keyDim: fc.constantFrom(4, 8),
    valueDim: fc.constantFrom(4, 12),
    kvStride: fc.constantFrom(1, 2),
  }),
  fc.record({
    kind: fc.constant('invertedResidual'),
    kernel: open([3, 5]),
    expand: open([1, 2.5, 6]),
    squeeze: fc.boolean(),
    activation: fc.constantFrom('relu', 'hardSwish'),
  }),
);

const first = fc.oneof(
  fc.record({ kind: fc.constant('conv'), kernel: open([1, 3]), stride: fc.constantFrom(1, 2) }),
  fc.record({ kind: fc.constant('dwSep'), kernel: open([3, 5]), stride: fc.constantFrom(1, 2) }),
  fc.record({
    kind: fc.constant('uib'),
    startKernel: open([0, 3]),
    midKernel: open([3, 5]),
    stride: fc.constant(2),
    expand: open([1, 4]),
  }),
  fc.record({
    kind: fc.constant('uib'),
    startKernel: fc.constant(5),
    midKernel: fc.constant(0),
    stride: fc.constant(2),
    expand: open([2, 4]),
  }),
);

const follower = fc.record({
  among: fc.oneof(
    inner.map((block) => [block]),
    fc.array(inner, { minLength: 2, maxLength: 3 }),
  ),
  optional: fc.boolean(),
  repeat: fc.constantFrom(1, 1, 2),
});

/** A stage of one width: shared at the stage, or stated by each block. */
const stage = fc
  .record({ first, followers: fc.array(follower, { maxLength: 2 }), out: open(widths), shared: fc.boolean() })
  .map(({ first, followers, out, shared }) => {
    const width = shared || Array.isArray(out) ? {} : { out };
    const blocks = followers.map(({ among, optional, repeat }) => {
      const maySkip = optional && among.every(({ kind }) => kind !== 'conv'); // a convolution has no residual
      const placed = { ...(maySkip ? { optional } : {}), ...(repeat > 1 ? { repeat } : {}) };
      const sized = among.map((block) => ({ ...block, ...width }));
      return among.length === 1 ? { ...sized[0], ...placed } : { oneOf: sized, ...placed };
    });
    return { ...('out' in width ? {} : { out }), blocks: [{ ...first, ...width }, ...blocks] };
  });

/** A stage whose blocks each choose their own width. */
const looseStage = fc
  .array(
    fc.tuple(inner, open(widths)).map(([block, out]) => ({ ...block, out })),
    { minLength: 1, maxLength: 3 },
  )
  .map((blocks) => ({ blocks }));

/** UIBs that may all be skipped. */
const skippable = fc.array(
  fc.record({
    kind: fc.constant('uib'),
    startKernel: open([0, 3]),
    midKernel: open([0, 3]),
    expand: open([2, 4]),
    repeat: fc.constantFrom(1, 2),
  }),
  { minLength: 1, maxLength: 2 },
);

type Stage = { readonly out?: unknown; readonly blocks: readonly object[] };

/** Adds stages with only optional blocks before the first stage and after stages of fixed width. */
function withSkippable(channels: number, stages: readonly Stage[], skippables: readonly (readonly object[] | null)[]) {
  const optional = (blocks: readonly object[] | null | undefined, out: unknown): Stage[] =>
    blocks && typeof out === 'number' ? [{ blocks: blocks.map((block) => ({ ...block, out, optional: true })) }] : [];
  return [
    ...optional(skippables[stages.length], channels),
    ...stages.flatMap((stage, s) => [stage, ...optional(skippables[s], widthOf(stage))]),
  ];
}

function widthOf({ out, blocks }: Stage): unknown {
  const last = blocks.at(-1) as { out?: unknown; oneOf?: readonly { out?: unknown }[] };
  return out ?? last.out ?? last.oneOf?.[0]?.out;
}

const side = fc.integer({ min: 7, max: 40 });

export const spaceDocument: fc.Arbitrary<SpaceInput> = fc
  .record({
    name: fc.constant('random'),
    input: fc.record({
      resolution: fc.oneof(side, fc.record({ height: side, width: side })),
      channels: fc.constantFrom(1, 3),
    }),
    classes: fc.integer({ min: 2, max: 20 }),
    activation: fc.constantFrom('relu', 'relu6', 'gelu', 'hardSwish'),
    padding: fc.constantFrom('same', 'symmetric'),
    batchNormEpsilon: fc.constantFrom(1e-3, 1e-5),
    layerScale: fc.boolean(),
    stages: fc.array(fc.oneof(stage, looseStage), { minLength: 1, maxLength: 3 }),
    skippables: fc.array(fc.option(skippable), { minLength: 4, maxLength: 4 }),
    head: fc.record({ conv: open([0, 32, 64]), hidden: open([0, 16]), hiddenNorm: fc.boolean() }),
  })
  .map(({ skippables, stages, ...document }) =>
    spaceSchema.parse({ ...document, stages: withSkippable(document.input.channels, stages, skippables) }),
  )
  .filter(hasDifferentOptions);

/**
 * False if options coincide: after the few channels of an image, expansions may round to the same width, and blocks
 * drawn for `oneOf` may be alike.
 */
function hasDifferentOptions(document: SpaceInput): boolean {
  try {
    buildSpace(document, unplaced);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.message.includes('that differ')) return false;
    throw error;
  }
}

const unplaced = { at: (path: readonly PropertyKey[], message: string) => ({ path: path.join('.'), message }) };

export const randomSpace: fc.Arbitrary<Space> = spaceDocument.map((document) => buildSpace(document, unplaced));

export function decisionsOf({ choices }: Space): fc.Arbitrary<Decisions> {
  return fc.tuple(...choices.map(({ options }) => fc.nat(options.length - 1)));
}

/** Yields all decisions of a space. */
export function* allDecisions({ choices }: Space): Generator<number[]> {
  const total = choices.reduce((n, { options }) => n * options.length, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    yield choices.map(({ options }) => {
      const option = rest % options.length;
      rest = Math.floor(rest / options.length);
      return option;
    });
  }
}
