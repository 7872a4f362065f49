/** Combinations of the options of a few choices. */
import { type Choice, isChoice, type Open, type Opened, openFields } from './space.js';

/** The choices among the values, each once. */
export function choicesAmong(values: readonly Open<unknown>[]): Choice[] {
  return [...new Set(values.filter(isChoice))];
}

/** The fields of a block that may be open, in declaration order. */
export function openValues(block: Opened): Open<number>[] {
  const fields = block as unknown as Record<string, Open<number>>;
  return openFields.flatMap((field) => fields[field] ?? []);
}

/** Yields every combination of the choices' options, indexed by choice; entries of other choices are left empty. */
export function* combinations(choices: readonly Choice[]): Generator<number[]> {
  const [last] = choices.slice(-1);
  if (last === undefined) return yield [];
  for (const option of last.options.keys()) {
    for (const decisions of combinations(choices.slice(0, -1))) {
      decisions[last.id] = option;
      yield decisions;
    }
  }
}
