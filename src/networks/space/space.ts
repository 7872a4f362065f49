/**
 * The central types of a search: a `Space` is a network in which values may be left open as choices, and an
 * `Architecture` is a space without choices.
 *
 * Choices are numbered in declaration order: for each stage its shared `out`; for each slot `use`, then `pick`, then
 * each block's fields in the order of `openFields`; last the head's `conv` and `hidden`. This order is a contract: it
 * indexes the logits and decisions of every saved run.
 */
import type { Activation, BlockSpec } from './block.js';
import type { Resolution } from './resolution.js';

/** Subject of a choice. Op choices swap layers, filter choices resize them. */
export type ChoiceTag = 'kernel' | 'startKernel' | 'midKernel' | 'skip' | 'oneOf' | 'out' | 'expand';

/** One value left open. Compared by identity: blocks that hold the same object share the decision. */
export interface Choice<T = unknown> {
  /** Position in declaration order, which is also the index into `Decisions`. */
  readonly id: number;
  readonly path: string;
  readonly tag: ChoiceTag;
  readonly options: readonly T[];
  /** The decisions under which this choice matters: all must hold. Empty if it always does. */
  readonly when: readonly { readonly choice: number; readonly option: number }[];
}

export type Open<T> = T | Choice<T>;

/** A block spec of which some fields, those of `openFields`, may be choices. */
export type Opened<B extends BlockSpec = BlockSpec> = B extends BlockSpec
  ? { readonly [K in keyof B]: K extends (typeof openFields)[number] ? Open<B[K]> : B[K] }
  : never;

/**
 * A place in a stage: one block of `among` fills it or, if `use` is open, possibly none. Without `oneOf` in the
 * document, `among` holds a single block.
 */
export interface Slot {
  readonly path: string;
  readonly use: Open<boolean>;
  readonly pick: Open<number>;
  readonly among: readonly Opened[];
}

/**
 * Padding of convolutions: `same` pads as TensorFlow's SAME does, with the odd zero at the end; `symmetric` pads half a
 * kernel on all sides, as weights trained in PyTorch expect. They differ if the stride is 2 and the side even.
 */
export const paddings = ['same', 'symmetric'] as const;
export type Padding = (typeof paddings)[number];

/** Settings that all layers of a network share. */
export interface LayerConventions {
  readonly activation: Activation;
  readonly padding: Padding;
  readonly batchNormEpsilon: number;
  /** True if UIBs and attention end with a trained scale per channel, initially 1e-5 (arXiv:2103.17239). */
  readonly layerScale: boolean;
}

/** Conventions of a file that states no others. */
export const defaultConventions = {
  padding: 'same',
  batchNormEpsilon: 1e-3, // TuNAS and MobileNetV4, released code
  layerScale: false,
} as const satisfies Partial<LayerConventions>;

/** Input images of a network. */
export interface NetworkInput {
  readonly resolution: Resolution;
  readonly channels: number;
  /** The network sees (pixel - mean) / std for each channel of pixels from 0 to 1; by default values from -1 to 1. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

/** Mean and standard deviation that normalise each channel of pixels from 0 to 1. */
export function pixelNorm({ channels, mean, std }: NetworkInput): Record<'mean' | 'std', readonly number[]> {
  const half = Array.from({ length: channels }, () => 0.5);
  return { mean: mean ?? half, std: std ?? half };
}

/** Fields that a space shares with each of its architectures. */
export interface NetworkFrame extends LayerConventions {
  readonly name: string;
  readonly input: NetworkInput;
  readonly classes: number;
}

/** 1x1 to `conv` -> BN -> act -> global average pool -> 1x1 to `hidden` -> BN -> act -> fc. 0 leaves a layer out. */
export interface Head<N = number> {
  readonly conv: N;
  readonly hidden: N;
  /** True if the hidden layer has a BN; otherwise it has a bias, as in MobileNetV3. */
  readonly hiddenNorm: boolean;
}

export interface Space extends NetworkFrame {
  readonly stages: readonly { readonly slots: readonly Slot[] }[];
  readonly head: Head<Open<number>>;
  readonly choices: readonly Choice[];
}

/** A closed network. */
export interface Architecture extends NetworkFrame {
  readonly stages: readonly { readonly blocks: readonly BlockSpec[] }[];
  readonly head: Head;
}

/** One option index per choice, in declaration order. Entries of choices that do not matter are kept and ignored. */
export type Decisions = readonly number[];

export function isChoice<T>(value: Open<T>): value is Choice<T> {
  return typeof value === 'object' && value !== null && 'options' in value;
}

/** The fields of a block that may be open, in declaration order. */
export const openFields = ['kernel', 'startKernel', 'midKernel', 'expand', 'out'] as const;

export function isFilterChoice(choice: Choice): boolean {
  return choice.tag === 'out' || choice.tag === 'expand';
}

/** The value that the decisions give an open value. */
export function decide<T>(value: Open<T>, decisions: Decisions): T {
  return isChoice(value) ? (value.options[decisions[value.id] as number] as T) : value;
}

/** Closes a block by the decisions. */
export function closeBlock(block: Opened, decisions: Decisions): BlockSpec {
  const fields = Object.entries(block).map(([key, value]) => [key, decide(value as Open<unknown>, decisions)]);
  return Object.fromEntries(fields) as BlockSpec;
}

/** The block that fills a slot under the decisions; undefined if it is skipped. */
export function closeSlot(slot: Slot, decisions: Decisions): BlockSpec | undefined {
  if (!decide(slot.use, decisions)) return undefined;
  return closeBlock(slot.among[decide(slot.pick, decisions)] as Opened, decisions);
}

/** Picks the conventions of a network or space. */
export function conventionsOf(network: LayerConventions): LayerConventions {
  const { activation, padding, batchNormEpsilon, layerScale } = network;
  return { activation, padding, batchNormEpsilon, layerScale };
}

/** Picks the frame of a network or space. */
export function frameOf(network: NetworkFrame): NetworkFrame {
  const { name, input, classes } = network;
  return { name, input, classes, ...conventionsOf(network) };
}

/** Closes the head by the decisions. */
export function closeHead({ conv, hidden, hiddenNorm }: Head<Open<number>>, decisions: Decisions): Head {
  return { conv: decide(conv, decisions), hidden: decide(hidden, decisions), hiddenNorm };
}

/**
 * Closes a space by the decisions. A stage whose blocks are all skipped stays, without blocks, so that the other stages
 * keep their numbers in refinements and in names of weights.
 */
export function close(space: Space, decisions: Decisions): Architecture {
  return {
    ...frameOf(space),
    stages: space.stages.map(({ slots }) => ({
      blocks: slots.map((slot) => closeSlot(slot, decisions)).filter((block) => block !== undefined),
    })),
    head: closeHead(space.head, decisions),
  };
}

/** The options of every `use` choice, and the index of the one that uses the block. */
export const useOptions = [false, true] as const;
export const useOption = 1;

/** The decisions under which a slot is filled with its alternative number `option`. */
export function whenFilled(use: Open<boolean>, pick: Open<number> = 0, option = 0): Choice['when'] {
  const used = isChoice(use) ? [{ choice: use.id, option: useOption }] : [];
  return isChoice(pick) ? [...used, { choice: pick.id, option }] : used;
}

/**
 * True if a choice matters under the decisions, that is, does not lie inside a skipped or unpicked block.
 *
 * @param allOn  choices whose options are all on, whatever is decided
 */
export function isActive({ when }: Pick<Choice, 'when'>, decisions: Decisions, allOn?: readonly boolean[]): boolean {
  return when.every(({ choice, option }) => allOn?.[choice] || decisions[choice] === option);
}
