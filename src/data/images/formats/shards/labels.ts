/** Labels as shards have them, numbers or class names, and the classes that they stand for. */
import { byCodePoint } from '#core/code-points';
import type { Failure } from '#core/failure';
import { shown } from '#core/shown';
import { dataFailure } from '#data/data-failure';

/** A sample's file and position, for messages. */
export interface SamplePlace {
  readonly file: string;
  readonly position: string;
}

/** The data failure of one sample: `FILE: POSITION: FAULT`. */
export function sampleFailure({ file, position }: SamplePlace, fault: string, remedy?: string): Failure {
  return dataFailure(file, `${position}: ${fault}`, remedy);
}

/** Whether a label is a negative number, as model hubs give to test images whose labels are kept secret. */
export function isSecret(value: number | string | undefined): boolean {
  return Number(value) < 0;
}

const mostClasses = 1e5; // ImageNet-21k has 21,843

interface Distinct {
  readonly value: number | string;
  readonly place: SamplePlace;
  /** The class's name that stands next to a number. */
  readonly name: string | undefined;
}

/** The distinct labels of all parts, in the order in which scans meet them. */
export class DistinctLabels {
  readonly #positions = new Map<number | string, number>();
  readonly all: Distinct[] = [];

  /** The position of a label among the distinct ones; more of them than classes make sense are a data failure. */
  positionOf(value: number | string, place: () => SamplePlace, name?: () => string | undefined): number {
    const before = this.#positions.get(value);
    if (before !== undefined) return before;
    const position = this.all.length;
    if (position === mostClasses) {
      const message = `expected at most ${mostClasses} different labels; got more, such as ${shown(value)}`;
      throw sampleFailure(place(), message, 'name the label: it may be a caption or an identifier');
    }
    this.#positions.set(value, position);
    this.all.push({ value, place: place(), name: name?.() });
    return position;
  }

  /** Forgets the labels that were met after the first `count` ones. */
  cut(count: number): void {
    for (const { value } of this.all.splice(count)) this.#positions.delete(value);
  }
}

export interface Classes {
  /** Undefined if the labels are numbers without names. */
  readonly classNames: readonly string[] | undefined;
  /** The class of each distinct label. */
  readonly classOf: Int32Array;
}

export interface LabelRules {
  /** The user's names of the classes. */
  readonly classNames?: readonly string[] | undefined;
  /** The label of the first class; by default 0. */
  readonly firstLabel?: number | undefined;
}

/**
 * The classes of the distinct labels. Numbers, also as text, are the classes themselves, counted from `firstLabel`.
 * Names are the classes in the user's order or, without one, by code point, as torchvision orders folders. A label that
 * is no class is a data failure with the sample that has it first.
 */
export function classesOf({ all }: DistinctLabels, rules: LabelRules): Classes {
  const areNumbers = all.every(({ value }) => typeof value === 'number' || /^-?\d+$/.test(value));
  return areNumbers ? numberedClasses(all, rules) : namedClasses(all, rules.classNames);
}

function numberedClasses(all: readonly Distinct[], { classNames, firstLabel = 0 }: LabelRules): Classes {
  const end = firstLabel + (classNames?.length ?? mostClasses);
  const classOf = Int32Array.from(all, ({ value, place }) => {
    const label = Number(value);
    if (Number.isInteger(label) && label >= firstLabel && label < end) return label - firstLabel;
    const problem = `expected a label from ${firstLabel} to ${end - 1}; got ${label}`;
    throw sampleFailure(place, problem, label < 0 ? 'a negative label means that a sample has none' : undefined);
  });
  return { classNames: classNames ?? namesNextTo(all, classOf), classOf };
}

/** The names that stand next to the numbers, if every class has one that no other has. */
function namesNextTo(all: readonly Distinct[], classOf: Int32Array): string[] | undefined {
  const names: (string | undefined)[] = [];
  for (const [i, { name }] of all.entries()) names[classOf[i] as number] = name;
  const known = Array.from(names, (name) => name ?? '');
  return known.every((name) => name !== '') && new Set(known).size === known.length ? known : undefined;
}

function namedClasses(all: readonly Distinct[], given: readonly string[] | undefined): Classes {
  const number = all.find(({ value }) => typeof value === 'number');
  const text = all.find(({ value }) => typeof value === 'string');
  if (number !== undefined && text !== undefined) {
    const message = `expected numbers or class names throughout; got ${number.value} and ${shown(text.value)}`;
    throw sampleFailure(number.place, message);
  }
  const classNames = given ?? byCodePoint(all.map(({ value }) => String(value)));
  const positions = new Map(classNames.map((name, label) => [name, label]));
  const classOf = Int32Array.from(all, ({ value, place }) => {
    const label = positions.get(String(value));
    if (label !== undefined) return label;
    throw sampleFailure(place, `expected the name of a class; got ${shown(value)}`, 'add it to classNames');
  });
  return { classNames, classOf };
}
