/** YAML -> space or network. All mistakes of a file are reported at once, each with its line and column. */
import { isDeepStrictEqual } from 'node:util';
import { conform } from '#core/documents/conform';
import { formatPath, type Located, locateYaml, type Path, readText } from '#core/documents/document';
import { type Diagnostic, Failure } from '#core/failure';
import { isResidual } from './block.js';
import { sameExpansions } from './network-key.js';
import { resolutionOf, sidesOf } from './resolution.js';
import { type BlockInput, type SlotInput, type SpaceInput, spaceSchema } from './schema.js';
import {
  type Architecture,
  type Choice,
  type ChoiceTag,
  close,
  frameOf,
  isChoice,
  type Open,
  type Opened,
  openFields,
  type Slot,
  type Space,
  useOptions,
  whenFilled,
} from './space.js';

export function readSpace(file: string): Space {
  return parseSpace(file, readText(file));
}

export function parseSpace(file: string, text: string): Space {
  const located = locateYaml(file, text);
  return buildSpace(conform(located, spaceSchema), located);
}

/** Reads a space without choices as a closed network; otherwise throws a failure that names the first choice. */
export function readNetwork(file: string): Architecture {
  return asNetwork(readSpace(file), file);
}

/** Closes a space without choices; otherwise throws a failure that names the first choice. */
export function asNetwork(space: Space, file: string): Architecture {
  const [first] = space.choices;
  if (first !== undefined) {
    const message = `expected a network, every value fixed; got a space with ${space.choices.length} choices`;
    throw new Failure('config', { file, path: first.path, message });
  }
  return close(space, []);
}

/** Builds the space that a checked document describes; throws a failure with all diagnostics if it has any. */
export function buildSpace(input: SpaceInput, located: Pick<Located, 'at'>): Space {
  return new SpaceBuilder(located).build(input);
}

/** Numbers the choices of a document in declaration order while it builds the space. */
class SpaceBuilder {
  readonly #choices: Choice[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #located: Pick<Located, 'at'>;

  constructor(located: Pick<Located, 'at'>) {
    this.#located = located;
  }

  build(open: SpaceInput): Space {
    let channels: Open<number> = open.input.channels;
    const stages = open.stages.map((stage, s) => {
      const out = this.#open(stage.out, ['stages', s, 'out'], 'out', []);
      if (out !== undefined && stage.blocks.length === 0) {
        this.#report(['stages', s, 'blocks'], 'expected blocks, since the stage has an out; got none');
      }
      const slots: Slot[] = [];
      for (const [b, slotInput] of stage.blocks.entries()) {
        for (let copy = 0; copy < (slotInput.repeat ?? 1); copy++) {
          const path = `stages[${s}].blocks[${slots.length}]`;
          const slot = this.#slot(slotInput, ['stages', s, 'blocks', b], path, out, channels);
          slots.push(slot);
          channels = (slot.among[0] as Opened).out;
        }
      }
      return { slots };
    });
    const head = {
      conv: this.#open(open.head.conv, ['head', 'conv'], 'out', []) as Open<number>,
      hidden: this.#open(open.head.hidden, ['head', 'hidden'], 'out', []) as Open<number>,
      hiddenNorm: open.head.hiddenNorm,
    };
    if (this.#diagnostics.length > 0) throw new Failure('config', this.#diagnostics);
    const resolution = resolutionOf(...sidesOf(open.input.resolution));
    return { ...frameOf(open), input: { ...open.input, resolution }, stages, head, choices: this.#choices };
  }

  #slot(input: SlotInput, at: Path, path: string, stageOut: Open<number> | undefined, channels: Open<number>): Slot {
    const use: Open<boolean> = input.optional ? this.#choice(useOptions, `${path}.use`, 'skip', []) : true;
    const used = whenFilled(use);
    if (!('oneOf' in input)) {
      const block = this.#block(input, at, path, stageOut, used);
      this.#requireDifferent(block, at, channels);
      if (isChoice(use)) this.#requireResidual(block, at, channels);
      return { path, use, pick: 0, among: [block] };
    }
    const pick = this.#choice(
      input.oneOf.map((_, i) => i),
      `${path}.oneOf`,
      'oneOf',
      used,
    );
    const among = input.oneOf.map((block, i) =>
      this.#block(block, [...at, 'oneOf', i], `${path}.oneOf[${i}]`, stageOut, whenFilled(use, pick, i)),
    );
    const [first] = among as [Opened];
    const described = among.map((block) => JSON.stringify(block, optionsAlone));
    for (const [i, block] of among.entries()) {
      this.#requireDifferent(block, [...at, 'oneOf', i], channels);
      const same = described.indexOf(described[i] as string);
      if (same < i) this.#report([...at, 'oneOf', i], `expected blocks that differ; got that of oneOf[${same}] again`);
      if (block.stride !== first.stride || block.out !== first.out) {
        this.#report([...at, 'oneOf', i], 'expected the stride and out of the first block of oneOf; got others');
      }
    }
    if (isChoice(use)) for (const block of among) this.#requireResidual(block, at, channels);
    return { path, use, pick, among };
  }

  #block(input: BlockInput, at: Path, path: string, stageOut: Open<number> | undefined, when: Choice['when']): Opened {
    if (input.out !== undefined && stageOut !== undefined) {
      this.#report([...at, 'out'], 'expected no out, since the stage has one; got both');
    }
    if (input.out === undefined && stageOut === undefined) {
      this.#report([...at, 'out'], 'missing; expected out in the block, or one for its whole stage');
    }
    const { repeat: _, optional: __, kind, stride, ...given }: Record<string, unknown> = { ...input };
    const open: Record<string, unknown> = { kind, stride }; // the order in which networks are printed and compared
    for (const field of openFields) {
      const value = given[field] as number | number[] | undefined;
      if (value !== undefined) open[field] = this.#open(value, [...at, field], field, when, `${path}.${field}`);
    }
    for (const [field, value] of Object.entries(given)) open[field] ??= value;
    open.out ??= stageOut ?? 0;
    if ('heads' in open) open.valueDim ??= open.keyDim;
    const block = open as unknown as Opened;
    if (block.kind === 'uib' && block.stride > 1) this.#requireStrided(block, at);
    return block;
  }

  /** Requires one layer to carry the stride under all decisions, the same one because options may be averaged. */
  #requireStrided({ startKernel, midKernel }: Opened & { kind: 'uib' }, at: Path): void {
    if (isChoice(midKernel) && midKernel.options.includes(0)) {
      this.#report([...at, 'midKernel'], 'expected options without 0, since the middle layer carries the stride of 2');
    }
    const mayLackStart = isChoice(startKernel) ? startKernel.options.includes(0) : startKernel === 0;
    if (midKernel === 0 && mayLackStart) {
      this.#report([...at, 'midKernel'], 'expected a depthwise layer to carry the stride of 2; got kernels of 0');
    }
  }

  #requireDifferent(block: Opened, at: Path, channels: Open<number>): void {
    const message = sameExpansions(block, isChoice(channels) ? channels.options : [channels]);
    if (message !== undefined) this.#report([...at, 'expand'], message);
  }

  #requireResidual(block: Opened, at: Path, channels: Open<number>): void {
    const { kind, stride, out } = block;
    const residual = isChoice(out)
      ? out === channels && isResidual(0, { kind, stride, out: 0 })
      : !isChoice(channels) && isResidual(channels, { kind, stride, out });
    if (!residual) {
      const message =
        'expected a block with stride 1 and as many output as input channels, since no other can be skipped; got another';
      this.#report([...at, 'optional'], message);
    }
  }

  #open<T>(
    value: T | T[] | undefined,
    at: Path,
    tag: ChoiceTag,
    when: Choice['when'],
    path = formatPath(at),
  ): Open<T> | undefined {
    if (!Array.isArray(value)) return value;
    return value.length === 1 ? (value[0] as T) : this.#choice(value, path, tag, when);
  }

  #choice<T>(options: readonly T[], path: string, tag: ChoiceTag, when: Choice['when']): Choice<T> {
    const choice = { id: this.#choices.length, path, tag, options, when };
    this.#choices.push(choice);
    return choice;
  }

  /** Adds a diagnostic once, since the copies of a repeated block share their mistakes. */
  #report(at: Path, message: string): void {
    const diagnostic = this.#located.at(at, message);
    if (!this.#diagnostics.some((told) => isDeepStrictEqual(told, diagnostic))) this.#diagnostics.push(diagnostic);
  }
}

/** Replacer for `JSON.stringify` that writes a choice as its options. */
function optionsAlone(_: string, value: unknown): unknown {
  return isChoice(value) ? value.options : value;
}
