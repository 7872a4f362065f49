import { Command } from 'commander';
import type { CommandSpec } from '#cli/arguments/command-spec';
import { addSpec } from '#cli/arguments/commander';

/** Runs a command with these arguments in this process and returns its output; throws its failures. */
export async function printed(spec: CommandSpec, ...args: readonly string[]): Promise<string> {
  let out = '';
  const command = addSpec(new Command().exitOverride(), spec, (text) => {
    out += text;
  });
  await command.parseAsync(args, { from: 'user' });
  return out;
}
