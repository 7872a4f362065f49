/** Commands as data: arguments and options, typed from their flags, and the result. */
import type { Failure } from '#core/failure';

/** Commands and groups of commands by name; a command is loaded only when it is used. */
export type CommandTable = Readonly<Record<string, CommandGroup | LoadedCommand>>;

export interface CommandGroup {
  readonly summary: string;
  readonly examples: readonly string[];
  readonly commands: CommandTable;
}

export interface LoadedCommand {
  readonly summary: string;
  readonly load: () => Promise<CommandSpec>;
}

/** A command without its name and summary, which `command-table.ts` holds. */
export interface CommandSpec {
  /** Longer text than the summary, for `mnv4-nas COMMAND --help`. */
  readonly description?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Two or three command lines for `mnv4-nas COMMAND --help`. */
  readonly examples: readonly string[];
  run(args: readonly unknown[], options: object): Output | Promise<Output>;
}

export interface ArgumentSpec {
  /** `<one>`, `<several...>` or, if none is allowed too, `[several...]`. */
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** Values that a shell offers, where `run` itself checks the value. */
  readonly suggests?: readonly string[];
  /** Parses the value of an argument that is one text. */
  readonly parse?: (text: string) => string;
}

export interface OptionSpec {
  /** Flag in commander's notation: `--seed <n>`, `--profile [steps]`, `--device <names...>`, `--fold`, `--no-fold`. */
  readonly flag: string;
  readonly description: string;
  /** Parses a value; `before` is the value that a repeatable option has collected so far. */
  readonly parse?: (text: string, before?: never) => unknown;
  readonly choices?: readonly string[];
  /** Values that a shell offers, where `parse` or `run` checks the value. */
  readonly suggests?: readonly string[];
  readonly default?: unknown;
  readonly required?: boolean;
}

/** The result of a command, printed as JSON with `--json` and as text without; an empty text prints nothing. */
export interface Output {
  /** Left out by commands that have printed JSON Lines already. */
  readonly json?: unknown;
  /** Prints the JSON over several lines. */
  readonly isIndented?: true;
  text(): string;
  /** Failure thrown after the result is printed; one without a message only sets the exit code. */
  readonly failure?: Failure | undefined;
}

/** A command whose `run` is typed by its arguments and options. */
interface TypedCommand<
  A extends readonly ArgumentSpec[],
  O extends readonly OptionSpec[],
  Result extends Output | Promise<Output>,
> extends CommandSpec {
  readonly arguments: A;
  readonly options: O;
  run(args: ArgumentsOf<A>, options: OptionsOf<O>): Result;
}

/** Returns the command unchanged; the compiler types its `run` by its arguments and options. */
export function defineCommand<
  const A extends readonly ArgumentSpec[],
  const O extends readonly OptionSpec[],
  Result extends Output | Promise<Output>,
>(command: TypedCommand<A, O, Result>): TypedCommand<A, O, Result> {
  return command;
}

type ArgumentsOf<A extends readonly ArgumentSpec[]> = {
  readonly [I in keyof A]: A[I]['name'] extends `${string}...${string}` ? readonly string[] : string;
};

/** The options passed to `run`, keyed by camel-cased flag; undefined is possible without a default or `required`. */
export type OptionsOf<O extends readonly OptionSpec[]> = {
  readonly [Spec in Extract<O[number], Certain> as NameOf<Spec['flag']>]: ValueOf<Spec>;
} & {
  readonly [Spec in Exclude<O[number], Certain> as NameOf<Spec['flag']>]?: ValueOf<Spec> | undefined;
};

type Certain = { readonly default: unknown } | { readonly required: true };

type NameOf<Flag extends string> = Flag extends `--no-${infer Name}`
  ? CamelCase<Name>
  : Flag extends `--${infer Name} ${string}`
    ? CamelCase<Name>
    : Flag extends `--${infer Name}`
      ? CamelCase<Name>
      : never;

type CamelCase<Words extends string> = Words extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Words;

type ValueOf<Spec extends OptionSpec> = Spec['flag'] extends `${string} [${string}]`
  ? ReadOf<Spec> | true
  : Spec['flag'] extends `${string} <${string}>`
    ? ReadOf<Spec>
    : boolean;

/** The type of an option's value: the parsed value, one of the choices, or the text. */
type ReadOf<Spec extends OptionSpec> = Spec extends { readonly parse: (...given: never[]) => infer Value }
  ? Value
  : Spec extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Spec['flag'] extends `${string}...>`
      ? readonly string[]
      : string;
