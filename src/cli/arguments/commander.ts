/** Adapter from a `CommandSpec` to commander, which parses the command line. */
import { Argument, type Command, Option } from 'commander';
import type { ArgumentSpec, CommandSpec, OptionSpec, Output } from './command-spec.js';

/** Adds the arguments and options of `spec` to the command, and an action that runs it and prints its result. */
export function addSpec(command: Command, spec: CommandSpec, print: (text: string) => void): Command {
  if (spec.description !== undefined) command.description(spec.description);
  addExamples(command, spec.examples);
  for (const argument of spec.arguments) command.addArgument(argumentOf(argument));
  for (const option of spec.options) command.addOption(optionOf(option));
  return command.action(async () => {
    const options: { readonly json?: boolean } = command.opts();
    const output = await spec.run(command.processedArgs, options);
    print(printed(output, options.json ?? false));
    if (output.failure !== undefined) throw output.failure;
  });
}

/** Adds command lines to the end of the help of a command. */
export function addExamples(command: Command, examples: readonly string[]): void {
  command.addHelpText('after', ['\nExamples:', ...examples.map((line) => `  ${line}`)].join('\n'));
}

function argumentOf({ name, description, choices, parse }: ArgumentSpec): Argument {
  const argument = new Argument(name, description);
  if (parse !== undefined) return argument.argParser(parse);
  return choices === undefined ? argument : argument.choices(choices);
}

function optionOf({ flag, description, parse, choices, default: value, required = false }: OptionSpec): Option {
  const option = new Option(flag, description).default(value).makeOptionMandatory(required);
  if (choices !== undefined) option.choices(choices);
  return parse === undefined ? option : option.argParser<unknown>(parse as (text: string, before: unknown) => unknown);
}

function printed({ json, isIndented, text }: Output, isJson: boolean): string {
  const document = json === undefined ? '' : JSON.stringify(json, null, isIndented ? 2 : 0);
  const shown = isJson ? document : text();
  return shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`;
}
