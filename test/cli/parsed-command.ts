/** Command lines as texts, parsed with the program's parser in place of being run. */
import { Command } from 'commander';
import type { CommandSpec, CommandTable } from '#cli/arguments/command-spec';
import { addSpec } from '#cli/arguments/commander';
import { commandTable } from '#cli/command-table';

/** A value of a parsed command line, with the placeholder in whose place it stands. */
export interface Given {
  readonly placeholder: string;
  readonly value: string;
}

/** Returns the words of a line, split like a shell does, up to a redirection, a pipe, a comment or the next command. */
export function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"';])+|;/g)].map(([word]) => word.replace(/["']/g, ''));
  const end = words.findIndex((word) => /^([>|#&;]|&&|2>)/.test(word));
  return end < 0 ? words : words.slice(0, end);
}

/** Parses the words after `mnv4-nas` and returns the values in place of running the command. */
export async function parsed(words: readonly string[], table: CommandTable = commandTable): Promise<Given[]> {
  const { spec, rest } = await specOf(words, table);
  let given: Given[] | undefined;
  const run: CommandSpec['run'] = (args, options) => {
    given = givenTo(spec, inner, args, options);
    return { text: () => '' };
  };
  const silent = new Command().exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  const inner: Command = addSpec(silent, { ...spec, run }, () => {});
  await inner.parseAsync(rest, { from: 'user' });
  if (given === undefined) throw new Error('the command did not run');
  return given;
}

/** Finds the command that the words name, and the words that follow its name. */
export async function specOf(
  words: readonly string[],
  table: CommandTable = commandTable,
): Promise<{ spec: CommandSpec; rest: readonly string[] }> {
  const [name = '', ...rest] = words;
  const entry = table[name];
  if (entry === undefined) throw new Error(`${name}: no such command`);
  return 'commands' in entry ? specOf(rest, entry.commands) : { spec: await entry.load(), rest };
}

function givenTo(spec: CommandSpec, command: Command, args: readonly unknown[], options: object): Given[] {
  const found = (notation: string, value: unknown): Given[] =>
    [value].flat().flatMap((one) => {
      const placeholder = /[<[](.+?)(?:\.\.\.)?[\]>]$/.exec(notation)?.[1];
      return placeholder === undefined || typeof one !== 'string' ? [] : [{ placeholder, value: one }];
    });
  const values = options as Readonly<Record<string, unknown>>;
  return [
    ...spec.arguments.flatMap(({ name }, i) => found(name, args[i])),
    ...command.options.flatMap((option) => found(option.flags, values[option.attributeName()])),
  ];
}
