/** The command table as a tree for completion scripts: what may follow each word of a command line. */
import type { ArgumentSpec, CommandSpec, CommandTable, OptionSpec } from '#cli/arguments/command-spec';
import { type Offer, offerOf } from './placeholders.js';

export interface CompletedCommand {
  /** The words from the program's name on, without it; empty for the program itself. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly commands: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedValue[];
}

export interface CompletedOption {
  /** `--root`; `-h` and `-V` are the `short` forms of two options. */
  readonly flag: string;
  readonly short?: string;
  readonly summary: string;
  readonly isRepeatable: boolean;
  /** Absent for a switch. */
  readonly value?: CompletedValue;
}

export interface CompletedValue extends Offer {
  readonly placeholder: string;
  /** True if the value may be left out. */
  readonly isOptional: boolean;
  /** True if several may follow each other. */
  readonly isSeveral: boolean;
}

const help: CompletedOption = {
  flag: '--help',
  short: '-h',
  summary: 'display help',
  isRepeatable: false,
};

const version: CompletedOption = { ...help, flag: '--version', short: '-V', summary: 'print the version' };

/** Loads all commands and returns the program with all that can be completed below it. */
export async function completedProgram(table: CommandTable): Promise<CompletedCommand> {
  return { ...(await group([], '', table)), options: [help, version] };
}

async function group(path: readonly string[], summary: string, table: CommandTable): Promise<CompletedCommand> {
  const commands: CompletedCommand[] = [];
  for (const [name, entry] of Object.entries(table)) {
    const below = [...path, name];
    if ('commands' in entry) commands.push(await group(below, entry.summary, entry.commands));
    else commands.push(completed(below, entry.summary, await entry.load()));
  }
  return { path, summary, commands: [...commands, helpCommand(path, commands)], options: [help], arguments: [] };
}

/** The command `help`, which the parser adds to every group of commands. */
function helpCommand(path: readonly string[], commands: readonly CompletedCommand[]): CompletedCommand {
  const words = commands.map((command) => command.path.at(-1) as string);
  const value = { placeholder: 'command', isOptional: true, isSeveral: false, words, found: [] };
  return {
    path: [...path, 'help'],
    summary: 'display help for command',
    commands: [],
    options: [],
    arguments: [value],
  };
}

function completed(path: readonly string[], summary: string, spec: CommandSpec): CompletedCommand {
  const options = [...spec.options.map(completedOption), help];
  return {
    path,
    summary,
    commands: [],
    options,
    arguments: spec.arguments.map(({ name, ...rest }) => value(name, rest)),
  };
}

function completedOption({ flag, description, ...rest }: OptionSpec): CompletedOption {
  const [name, placeholder] = flag.split(' ') as [string, string | undefined];
  return {
    flag: name,
    summary: brief(description),
    isRepeatable: description.includes('may be repeated'),
    ...(placeholder !== undefined && { value: value(placeholder, rest) }),
  };
}

/** Reads a placeholder such as `<run>`, `[steps]` or `<networks...>`. */
function value(notation: string, { choices, suggests }: Pick<ArgumentSpec, 'choices' | 'suggests'>): CompletedValue {
  const placeholder = notation.slice(1, -1).replace(/\.\.\.$/, '');
  const isOptional = notation.startsWith('[');
  return { placeholder, isOptional, isSeveral: notation.includes('...'), ...offerOf(placeholder, choices ?? suggests) };
}

/** The description up to its first remark in brackets or after a semicolon. */
function brief(description: string): string {
  return (/^.*?(?=;| \()/.exec(description) ?? [description])[0];
}

/** Lists a command and all commands below it, the command itself first. */
export function withAllBelow(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}
