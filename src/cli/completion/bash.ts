/** The completion script for bash, 3.2 or later: two tables made from the commands, and `completion.bash`, which reads them. */
import { readFileSync } from 'node:fs';
import { type CompletedCommand, type CompletedValue, withAllBelow } from './completed-command.js';

export function bashScript(program: CompletedCommand): string {
  const commands = withAllBelow(program);
  return `# bash completion for mnv4-nas, printed by \`mnv4-nas completion bash\`

# Sets \`offered\`, the commands or options that may follow the command $1.
_mnv4_nas_names() {
  case $1 in
${cases(commands.flatMap(namesOf))}
    *) offered= ;;
  esac
}

# Sets what the option or the argument $2 of the command $1 takes: \`takes\` is one, several, optional or nothing,
# \`offered\` are words, \`found\` says what else to look for.
_mnv4_nas_value() {
  takes= offered= found=
  case "$1 $2" in
${cases(commands.flatMap(valuesOf))}
  esac
}

${readFileSync(new URL('./completion.bash', import.meta.url), 'utf8')}`;
}

/** Patterns with the same body share a case. */
function cases(rows: readonly (readonly [pattern: string, body: string])[]): string {
  const patterns = new Map<string, string[]>();
  for (const [pattern, body] of rows) patterns.set(body, [...(patterns.get(body) ?? []), quoted([pattern])]);
  return [...patterns].map(([body, all]) => `    ${all.join(' | ')})\n      ${body} ;;`).join('\n');
}

function place({ path }: CompletedCommand): string {
  return path.join(' ');
}

/** Rows for the commands below a command, if there are any, and for its options. */
function namesOf(command: CompletedCommand): [string, string][] {
  const below = command.commands.map(({ path }) => path.at(-1) as string);
  const flags = command.options.map(({ flag }) => flag);
  const commands: [string, string][] =
    below.length === 0 ? [] : [[`${place(command)} commands`, `offered=${quoted(below)}`]];
  return [...commands, [`${place(command)} options`, `offered=${quoted(flags)}`]];
}

/** Rows for the values of options, by flag, and of arguments, by position from 0. */
function valuesOf(command: CompletedCommand): [string, string][] {
  const options = command.options.flatMap(({ flag, value }): [string, string][] =>
    value === undefined ? [] : [[`${place(command)} ${flag}`, takes(value)]],
  );
  const positions = command.arguments.map((value, at): [string, string] => [`${place(command)} ${at}`, takes(value)]);
  return [...options, ...positions];
}

function takes({ isSeveral, isOptional, words, found }: CompletedValue): string {
  const much = isSeveral ? 'several' : isOptional ? 'optional' : 'one';
  const offered = words.length === 0 ? '' : ` offered=${quoted(words)}`;
  return `takes=${much}${offered}${found.length === 0 ? '' : ` found='${found.join(' ')}'`}`;
}

/** Words as one text in quotes, a word a line. */
function quoted(words: readonly string[]): string {
  return `'${words.join('\n').replaceAll("'", "'\\''")}'`;
}
