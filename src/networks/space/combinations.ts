/** Ways to decide a few choices at once. */
import { type Choice, isChoice, type Open, type Opened, openFields } from './space.js';

/** The choices among some values, each once. */
export function choicesAmong(values: readonly Open<unknown>[]): Choice[] {
  return [...new Set(values.filter(isChoice))];
}

/** The fields of a block that may be open, in declaration order. */
export function openValues(block: Opened): Open<number>[] {
  const fields = block as unknown as Record<string, Open<number>>;
  return openFields.flatMap((field) => fields[field] ?? []);
}

/** Every combination of the choices' options; entries of other choices are left empty. */
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
