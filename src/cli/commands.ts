/** All commands: results on standard output, everything else on standard error, and the exit codes of `core/failure.ts`. */
import { Command, CommanderError } from 'commander';
import { workersOf, working } from '#cli/arguments/shared-options';
import { calibrateCommand } from '#cli/commands/calibrate';
import { datasetCommand } from '#cli/commands/dataset';
import { describeCommand } from '#cli/commands/describe';
import { doctorCommand } from '#cli/commands/doctor';
import { exportCommand } from '#cli/commands/export';
import { measureCommand } from '#cli/commands/measure';
import { rooflineCommand } from '#cli/commands/roofline';
import { runsCommand } from '#cli/commands/runs';
import { coarseCommand, fineCommand, searchCommand } from '#cli/commands/search';
import { rankCommand, studyCommand } from '#cli/commands/study';
import { evalCommand, trainCommand } from '#cli/commands/train';
import { validateCommand } from '#cli/commands/validate';
import { packageVersion } from '#cli/process/environment';
import { hearNoStopSignals } from '#cli/process/stop-signal';
import { exitCodes, Failure, formatDiagnostic } from '#core/failure';
import { teacherLoader, teacherMicroBatches } from '#tasks/distill/teacher';

function program(): Command {
  const main = new Command('mnv4-nas')
    .description('Two-stage neural architecture search for mobile vision networks (MobileNetV4, arXiv:2404.10518).')
    .version(packageVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists what there is)');
  const commands = [
    coarseCommand(),
    fineCommand(),
    searchCommand(),
    studyCommand(),
    rankCommand(),
    trainCommand(),
    evalCommand(),
    exportCommand(),
    datasetCommand({
      loadTeachers: (references, context, options) => {
        const microBatches = teacherMicroBatches(references, context.recipeFile);
        const workers = workersOf(options, microBatches, "the micro-batches of the teachers' training recipes");
        return working(workers, (tools) => teacherLoader(tools)(references, context));
      },
    }),
    describeCommand(),
    measureCommand(),
    rooflineCommand(),
    calibrateCommand(),
    runsCommand(),
    validateCommand(),
    doctorCommand(),
  ];
  for (const command of commands) main.addCommand(command);
  main.hook('preAction', (_, { options }) => {
    if (!options.some(({ long }) => long === '--workers')) hearNoStopSignals(); // nothing there asks whether to stop
  });
  for (const command of withChildren(main)) command.exitOverride();
  return main;
}

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

/** Runs the command that the arguments name; its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv);
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** Reports an error and returns its exit code; only our own bugs show a stack trace. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof Failure) {
    const lines = error.diagnostics.map(formatDiagnostic);
    if (error.remedy !== undefined) lines.push(`what to do: ${error.remedy}`);
    process.stderr.write(`${lines.join('\n')}\n`);
    return error.exitCode;
  }
  const trace = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${trace}\nThis is a bug of mnv4-nas; please report it with the lines above.\n`);
  return exitCodes.bug;
}
