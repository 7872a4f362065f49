/**
 * The one small noun of the search: a `Space` is a network in which values may be left open as choices, and an
 * `Architecture` is a space without choices.
 *
 * Choices are numbered in declaration order: for each stage its shared `out`; for each slot `use`, then `pick`, then
 * each block's fields in the order of `openFields`; last the head's `conv` and `hidden`. That order is a contract: it
 * names every logit and every saved run.
 */
import type { Activation, BlockSpec } from './block.js';
import type { Resolution } from './resolution.js';

/** What a choice is about. Op choices swap layers, filter choices resize them. */
export type ChoiceTag = 'kernel' | 'startKernel' | 'midKernel' | 'skip' | 'oneOf' | 'out' | 'expand';

/** One value left open. Compared by identity: blocks that hold the same object share the decision. */
export interface Choice<T = unknown> {
  /** Position in declaration order, which is also the index into `Decisions`. */
  readonly id: number;
  readonly path: string;
  readonly tag: ChoiceTag;
  readonly options: readonly T[];
  /** The decisions under which this choice matters: all must hold. Empty where it always does. */
  readonly when: readonly { readonly choice: number; readonly option: number }[];
}

export type Open<T> = T | Choice<T>;

/** A block spec of which some fields, those of `openFields`, may be choices. */
export type Opened<B extends BlockSpec = BlockSpec> = B extends BlockSpec
  ? { readonly [K in keyof B]: K extends (typeof openFields)[number] ? Open<B[K]> : B[K] }
  : never;

/** A place in a stage: one of `among` fills it or, where `use` is open, nothing does. A plain block is alone in it. */
export interface Slot {
  readonly path: string;
  readonly use: Open<boolean>;
  readonly pick: Open<number>;
  readonly among: readonly Opened[];
}

/**
 * Where a strided layer's window begins: `same` pads as TensorFlow's SAME, the odd zero behind; `symmetric` pads half a
 * kernel on all sides, as weights trained in PyTorch expect. They differ where the stride is 2 and the side even.
 */
export const paddings = ['same', 'symmetric'] as const;
export type Padding = (typeof paddings)[number];

/** What all layers of a network have in common. */
export interface LayerConventions {
  readonly activation: Activation;
  readonly padding: Padding;
  readonly batchNormEpsilon: number;
  /** Whether UIBs and attention scale each channel of what they add, from 1e-5 on (arXiv:2103.17239). */
  readonly layerScale: boolean;
}

/** What holds where a file says nothing. */
export const defaultConventions = {
  padding: 'same',
  batchNormEpsilon: 1e-3, // TuNAS and MobileNetV4, released code
  layerScale: false,
} as const satisfies Partial<LayerConventions>;

/** What a network is given. */
export interface NetworkInput {
  readonly resolution: Resolution;
  readonly channels: number;
  /** Of a pixel from 0 to 1: (pixel - mean) / std for each channel is what the network sees; absent, -1 to 1. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

/** What is taken from each channel of a pixel from 0 to 1, and what that is divided by. */
export function pixelNorm({ channels, mean, std }: NetworkInput): Record<'mean' | 'std', readonly number[]> {
  const half = Array.from({ length: channels }, () => 0.5);
  return { mean: mean ?? half, std: std ?? half };
}

/** What a space and each of its architectures have in common. */
export interface NetworkFrame extends LayerConventions {
  readonly name: string;
  readonly input: NetworkInput;
  readonly classes: number;
}

/** 1x1 to `conv` -> BN -> act -> global average pool -> 1x1 to `hidden` -> BN -> act -> fc. 0 leaves a layer out. */
export interface Head<N = number> {
  readonly conv: N;
  readonly hidden: N;
  /** Whether the hidden layer has a BN; else it has a bias, as in MobileNetV3. */
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

/** An open value under the decisions. */
export function decide<T>(value: Open<T>, decisions: Decisions): T {
  return isChoice(value) ? (value.options[decisions[value.id] as number] as T) : value;
}

/** An open block under the decisions. */
export function closeBlock(block: Opened, decisions: Decisions): BlockSpec {
  const fields = Object.entries(block).map(([key, value]) => [key, decide(value as Open<unknown>, decisions)]);
  return Object.fromEntries(fields) as BlockSpec;
}

/** The block that fills a slot under the decisions, or undefined where it is skipped. */
export function closeSlot(slot: Slot, decisions: Decisions): BlockSpec | undefined {
  if (!decide(slot.use, decisions)) return undefined;
  return closeBlock(slot.among[decide(slot.pick, decisions)] as Opened, decisions);
}

/** The conventions alone of what has them. */
export function conventionsOf(network: LayerConventions): LayerConventions {
  const { activation, padding, batchNormEpsilon, layerScale } = network;
  return { activation, padding, batchNormEpsilon, layerScale };
}

/** The frame alone of what has one. */
export function frameOf(network: NetworkFrame): NetworkFrame {
  const { name, input, classes } = network;
  return { name, input, classes, ...conventionsOf(network) };
}

/** The head under the decisions. */
export function closeHead({ conv, hidden, hiddenNorm }: Head<Open<number>>, decisions: Decisions): Head {
  return { conv: decide(conv, decisions), hidden: decide(hidden, decisions), hiddenNorm };
}

/**
 * The architecture that the decisions make of a space. A stage of which every block is skipped stays, without blocks: what
 * is said by number of the others (refinements, names of weights) is said of them still.
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
 * Tells whether a choice matters under the decisions: not inside a skipped or unpicked block.
 *
 * @param allOn  choices of which every option is on, whatever is decided
 */
export function isActive({ when }: Pick<Choice, 'when'>, decisions: Decisions, allOn?: readonly boolean[]): boolean {
  return when.every(({ choice, option }) => allOn?.[choice] || decisions[choice] === option);
}
