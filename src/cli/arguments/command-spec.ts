/** Commands as data: what a user may give, typed from the flags, and what comes of it. */
import type { Failure } from '#core/failure';

/** A command without its name and summary, which `command-table.ts` holds. */
export interface CommandSpec {
  /** More than the summary says, for the command's own help. */
  readonly description?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  run(args: readonly unknown[], options: object): Output | Promise<Output>;
}

export interface ArgumentSpec {
  /** `<one>`, `<several...>` or, where there may be none, `[several...]`. */
  readonly name: string;
  readonly description: string;
}

export interface OptionSpec {
  /** As commander writes it: `--seed <n>`, `--profile [steps]`, `--device <names...>`, `--fold`, `--no-fold`. */
  readonly flag: string;
  readonly description: string;
  /** Reads a value; `before` is what an option that may be repeated has gathered so far. */
  readonly parse?: (text: string, before?: never) => unknown;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  readonly required?: boolean;
}

/** The result of a command, printed as JSON where `--json` asks for it, else as text; an empty text prints nothing. */
export interface Output {
  readonly json?: unknown;
  /** Prints the JSON over several lines. */
  readonly isIndented?: true;
  text(): string;
  /** Ends the command after its result is printed; one without a message only sets the exit code. */
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

/** The command, its `run` typed by its arguments and options. */
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

/** The options that `run` is given: by camel-cased flag, those without a default and not required may be missing. */
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

/** A value as it is read: parsed, one of the choices, or the text. */
type ReadOf<Spec extends OptionSpec> = Spec extends { readonly parse: (...given: never[]) => infer Value }
  ? Value
  : Spec extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Spec['flag'] extends `${string}...>`
      ? readonly string[]
      : string;
