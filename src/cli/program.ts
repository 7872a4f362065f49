/** The program: loads the requested command, prints its result to standard output and all else to standard error. */
import { Command, CommanderError } from 'commander';
import type { CommandTable } from '#cli/arguments/command-spec';
import { addExamples, addSpec } from '#cli/arguments/commander';
import { hearNoStopSignals, stopOnSignal } from '#cli/process/stop-signal';
import { exitCodes, Failure, formatDiagnostic } from '#core/failure';
import { packageVersion } from '#core/files/package-folder';
import { joinRanks } from '#jobs/workers/mpi/join';
import { setJoinedRanks } from '#jobs/workers/ranks';
import { commandTable, examples } from './command-table.js';

/**
 * Runs the command that the arguments name and returns its exit code. Of several MPI ranks, rank 0 runs it and the
 * others serve its jobs; all return the same code.
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    const ranks = await joinRanks(process.env);
    if (ranks === undefined) return await runCommand(argv);
    if (ranks.rank > 0) return await ranks.serve(stopOnSignal().asked);
    setJoinedRanks(ranks);
    return await ranks.end(await runCommand(argv));
  } catch (error) {
    return exitCodeOf(error);
  }
}

async function runCommand(argv: readonly string[]): Promise<number> {
  const main = new Command('mnv4-nas')
    .description('Two-stage neural architecture search for mobile vision networks (MobileNetV4, arXiv:2404.10518).')
    .version(packageVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists commands, arguments and options)')
    .exitOverride()
    .hook('preAction', (_, { options }) => {
      if (!options.some(({ long }) => long === '--workers')) hearNoStopSignals(); // it never polls for a stop
    });
  addExamples(main, examples);
  try {
    await addCommands(main, commandTable, argv.includes('help'));
    await main.parseAsync(argv);
    return exitCodes.done;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/**
 * Adds the commands of a table to `parent`, groups included.
 *
 * @param atOnce  loads all commands now, which commander's `help` needs, instead of only the requested one
 */
async function addCommands(parent: Command, table: CommandTable, atOnce: boolean): Promise<void> {
  parent.configureHelp({ subcommandTerm: (command) => command.name() });
  for (const [name, entry] of Object.entries(table)) {
    const command = new Command(name).summary(entry.summary).description(entry.summary).exitOverride();
    parent.addCommand(command);
    if ('commands' in entry) {
      addExamples(command, entry.examples);
      await addCommands(command, entry.commands, atOnce);
      continue;
    }
    const load = async () => void addSpec(command, await entry.load(), print);
    if (atOnce) await load();
    else parent.hook('preSubcommand', (_, asked) => (asked === command ? load() : undefined));
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Reports an error and returns its exit code; only our own bugs show a stack trace. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof Failure) {
    const lines = error.diagnostics.map(formatDiagnostic);
    if (error.remedy !== undefined) lines.push(`what to do: ${error.remedy}`);
    if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
    return error.exitCode;
  }
  const trace = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${trace}\nThis is a bug of mnv4-nas; please report it with the lines above.\n`);
  return exitCodes.bug;
}
