/** `mnv4-nas completion`: prints a script by which a shell completes the command line. */
import { type CommandTable, defineCommand } from '#cli/arguments/command-spec';
import { bashScript } from '#cli/completion/bash';
import { completedProgram } from '#cli/completion/completed-command';
import { fishScript } from '#cli/completion/fish';
import { zshScript } from '#cli/completion/zsh';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** Returns the command for the commands of a table; it loads them all. */
export function completionOf(table: CommandTable) {
  return defineCommand({
    description:
      'print a completion script for bash, zsh or fish: commands, options, choices, files, ids of runs and shipped names; docs/terminal.md says where it belongs',
    arguments: [{ name: '<shell>', description: 'the shell', choices: Object.keys(scripts) }],
    options: [],
    examples: [
      'mnv4-nas completion bash > ~/.mnv4-nas.bash',
      'mnv4-nas completion zsh > ~/.zfunc/_mnv4-nas',
      'mnv4-nas completion fish > ~/.config/fish/completions/mnv4-nas.fish',
    ],
    async run([shell]) {
      const script = scripts[shell as keyof typeof scripts](await completedProgram(table));
      return { text: () => script };
    },
  });
}
