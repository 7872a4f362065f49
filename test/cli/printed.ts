import { Command } from 'commander';
import type { CommandSpec } from '#cli/arguments/command-spec';
import { addSpec } from '#cli/arguments/commander';

/** What a command with these arguments prints, run in this process; its failures are thrown. */
export async function printed(spec: CommandSpec, ...args: readonly string[]): Promise<string> {
  let out = '';
  const command = addSpec(new Command().exitOverride(), spec, (text) => {
    out += text;
  });
  await command.parseAsync(args, { from: 'user' });
  return out;
}
