/** The completion script for fish: a line for each command, option and argument, and `completion.fish` before them. */
import { readFileSync } from 'node:fs';
import { type CompletedCommand, type CompletedOption, type CompletedValue, withAllBelow } from './completed-command.js';
import type { Found } from './placeholders.js';

export function fishScript(program: CompletedCommand): string {
  const lines = withAllBelow(program).flatMap((command) => [
    ...command.commands.map((below) => commandLine(command, below)),
    ...command.options.map((option) => optionLine(command, option)),
    ...command.arguments.map((value) => argumentLine(command, value)),
  ]);
  const functions = readFileSync(new URL('./completion.fish', import.meta.url), 'utf8');
  return `# fish completion for mnv4-nas, printed by \`mnv4-nas completion fish\`\n\n${functions}${lines.join('\n')}\n`;
}

function commandLine(group: CompletedCommand, { path, summary }: CompletedCommand): string {
  return line(`__mnv4_nas_just_at ${group.path.join(' ')}`, `-a ${path.at(-1)}`, summary);
}

function optionLine({ path, commands }: CompletedCommand, { flag, short, summary, value }: CompletedOption): string {
  const names = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${flag.slice(2)}`;
  const where = commands.length > 0 ? '__mnv4_nas_just_at' : '__mnv4_nas_at';
  return line(
    `${where} ${path.join(' ')}`,
    [names, ...(value === undefined ? [] : [valueFlags(value)])].join(' '),
    summary,
  );
}

function argumentLine({ path }: CompletedCommand, value: CompletedValue): string {
  return line(`__mnv4_nas_at ${path.join(' ')}`, sources(value), value.placeholder);
}

function line(condition: string, flags: string, description: string): string {
  return `complete -c mnv4-nas -n ${quote(condition.trim())} ${flags} -d ${quote(description)}`;
}

function valueFlags(value: CompletedValue): string {
  const isFile = value.found.includes('files');
  return [value.isOptional ? '' : '-r', isFile ? '' : '-f', sources(value)].filter((flag) => flag !== '').join(' ');
}

const finders: Readonly<Record<Exclude<Found, 'files'>, string>> = {
  folders: '(__fish_complete_directories (commandline -ct))',
  runs: '(__mnv4_nas_runs)',
};

/** The flags that say which words are offered, and whether files are. */
function sources({ words, found }: CompletedValue): string {
  const fixed = words.map((word) => word.replaceAll(' ', '\\ '));
  const others = found.flatMap((kind) => (kind === 'files' ? [] : [finders[kind]]));
  const all = [...fixed, ...others].join(' ');
  return [found.includes('files') ? '-F' : '', all === '' ? '' : `-a ${quote(all)}`]
    .filter((flag) => flag !== '')
    .join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
