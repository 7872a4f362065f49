/** The completion script for zsh: a function for each command, whose specification `_arguments` reads. */
import { readFileSync } from 'node:fs';
import { type CompletedCommand, type CompletedOption, type CompletedValue, withAllBelow } from './completed-command.js';

export function zshScript(program: CompletedCommand): string {
  return `#compdef mnv4-nas
# zsh completion for mnv4-nas, printed by \`mnv4-nas completion zsh\`

${withAllBelow(program).map(functionFor).join('\n\n')}

${readFileSync(new URL('./completion.zsh', import.meta.url), 'utf8')}`;
}

function functionFor(command: CompletedCommand): string {
  const specs = command.options.map(optionSpec);
  const body = command.commands.length === 0 ? argumentsOf(command, specs) : choosing(command, specs);
  return `${nameOf(command.path)}() {\n${body}\n}`;
}

function nameOf(path: readonly string[]): string {
  return ['_mnv4_nas', ...path].join('_');
}

function argumentsOf(command: CompletedCommand, options: readonly string[]): string {
  const positions = command.arguments.map((value, at) => quote(`${value.isSeveral ? '*' : at + 1}${valueSpec(value)}`));
  return `  _arguments -s -S \\\n${[...options, ...positions].map((spec) => `    ${spec}`).join(' \\\n')}`;
}

/** Offers the commands below, or passes the rest of the line to the function of the one that is there. */
function choosing({ path, commands }: CompletedCommand, options: readonly string[]): string {
  const named = commands.map((command) => ({ word: command.path.at(-1) as string, ...command }));
  const offered = named.map(({ word, summary }) => `    ${quote(`${word}:${summary}`)}`);
  const handed = named.map((command) => `    ${command.word}) ${nameOf(command.path)} ;;`);
  return `  local context state state_descr line
  local -A opt_args
  local -a commands=(
${offered.join('\n')}
  )
  _arguments -C ${options.join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands ${quote(['mnv4-nas', ...path, 'command'].join(' '))} commands ;;
    rest) case $line[1] in
${handed.join('\n')}
    esac ;;
  esac`;
}

function optionSpec({ flag, short, summary, isRepeatable, value }: CompletedOption): string {
  if (short !== undefined)
    return ['(- :)', `{${short},${flag}}`, `[${inBrackets(summary)}]`]
      .map((part, i) => (i === 1 ? part : quote(part)))
      .join('');
  const start = `${isRepeatable ? '*' : ''}${flag}${value === undefined || value.isSeveral ? '' : '='}`;
  return quote(
    `${start}[${inBrackets(summary)}]${value === undefined ? '' : `${value.isSeveral ? ':*-*' : ''}${valueSpec(value)}`}`,
  );
}

/** Returns `:MESSAGE:ACTION`, with one more colon if the value may be left out. */
function valueSpec({ placeholder, isOptional, isSeveral, ...offer }: CompletedValue): string {
  return `${isOptional && !isSeveral ? '::' : ':'}${placeholder.replaceAll(':', '\\:')}:${actionOf(offer)}`;
}

/** An action with a space before it is called without the options that `_arguments` adds. */
function actionOf({ words, found }: Pick<CompletedValue, 'words' | 'found'>): string {
  if (words.length === 0 && found.length === 0) return ' ';
  return ` _mnv4_nas__offer ${[`"${found.join(' ')}"`, ...words.map(inList)].join(' ')}`;
}

function inList(word: string): string {
  return word.replaceAll(/[^\w.+-]/g, '\\$&');
}

function inBrackets(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
