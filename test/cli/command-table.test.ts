import { expect, it } from 'vitest';
import type { CommandTable } from '#cli/arguments/command-spec';
import { commandTable } from '#cli/command-table';

/** Every command that can be loaded, with its full name and its summary. */
function commandsOf(table: CommandTable, above = '') {
  return Object.entries(table).flatMap(([name, entry]): Loadable[] => {
    const full = `${above}${name}`;
    return 'commands' in entry ? commandsOf(entry.commands, `${full} `) : [{ full, ...entry }];
  });
}

interface Loadable {
  readonly full: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly options: readonly { readonly flag: string }[] }>;
}

const commands = commandsOf(commandTable);

it.each(commands)('$full has a summary that fits on its line of --help', ({ summary }) => {
  expect(summary.length).toBeLessThanOrEqual(80 - '  command-name  '.length);
});

it.each(commands)('$full names each of its options once', async ({ load }) => {
  const flags = (await load()).options.map(({ flag }) => flag.split(' ')[0]);
  expect(new Set(flags).size).toBe(flags.length);
});
