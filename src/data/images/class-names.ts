/** Checks the names of classes, which users choose and which are written to files with one name per line. */
import { z } from 'zod';
import { list } from '#core/documents/conform';

interface Problem {
  readonly at: number;
  readonly expected: string;
}

/** A list of class names in a YAML file. */
export function classNameList() {
  return list(z.string({ error: ({ input }) => unquoted(input) }), 'a list of class names').superRefine(
    (names, context) => {
      for (const { at, expected } of classNameProblems(names)) {
        context.addIssue({ code: 'custom', message: expected, path: [at], input: names[at] });
      }
    },
  );
}

/** Asks for quotes if YAML reads a name as a number, a boolean or null. */
function unquoted(input: unknown): string {
  const isTaken = ['number', 'boolean'].includes(typeof input) || input === null;
  return isTaken ? `a class name in quotes, such as "${input}"` : 'a class name';
}

/** Lists the problems that keep names from being read back from a file with one name per line. */
export function classNameProblems(names: readonly string[]): Problem[] {
  const first = new Map<string, number>();
  return names.flatMap((name, at) => {
    const key = name.normalize();
    const before = first.get(key);
    if (before === undefined) first.set(key, at);
    const expected =
      before === undefined ? lineProblem(name) : `a name that no other class has, as class ${before} does`;
    return expected === undefined ? [] : [{ at, expected }];
  });
}

function lineProblem(name: string): string | undefined {
  if (name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '').trim() === '') return 'a class name';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return 'a class name on one line, without control characters';
  return name.trim() === name ? undefined : 'a class name without blanks around it';
}
