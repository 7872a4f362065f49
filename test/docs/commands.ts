/** The commands that the documentation tells people to run: in code blocks, in code spans and in headers of YAML files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, codeSpans, pages, readPage, root } from '../../scripts/docs/pages.mjs';

export interface DocCommand {
  readonly place: string;
  /** The command line, without what runs it (`npx`, `mpirun -n 4 node dist/cli/main.js`). */
  readonly text: string;
  readonly program: 'mnv4-nas' | 'npm' | 'script' | 'other';
}

/** Returns all commands with the place of each, in the order of the pages. */
export function documentedCommands(): DocCommand[] {
  return [...instructive().flatMap(commandsOfPage), ...headers().flatMap(commandsOfHeader)];
}

/** Names of npm scripts that stand in code spans without `npm run`, as those after the first of a list do. */
export function namedScripts(): { place: string; name: string }[] {
  return instructive().flatMap((page) =>
    blocksOf(readPage(page))
      .flatMap(codeSpans)
      .filter(({ text }) => /^(proof|bench|litert|docs):[\w:-]+$/.test(text))
      .map(({ text, line }) => ({ place: `${page}:${line}`, name: text })),
  );
}

/**
 * The pages that say what to type: not the history, nor the page of mistakes, whose commands are wrong on purpose and
 * which `npm run proof:mistakes` makes by running them.
 */
function instructive(): string[] {
  return pages().filter((page) => page !== 'CHANGELOG.md' && page !== 'docs/mistakes.md');
}

/** Code blocks that are not marked as `sh` although a line of theirs begins with a command. */
export function unmarkedBlocks(): string[] {
  return pages().flatMap((page) =>
    blocksOf(readPage(page)).flatMap(({ line, text, language }) =>
      language === '' && /^(npx |\$ )?(mnv4-nas|npm|npx|node) /m.test(text) ? [`${page}:${line}`] : [],
    ),
  );
}

function commandsOfPage(page: string): DocCommand[] {
  return blocksOf(readPage(page)).flatMap((block) => {
    if (block.language === 'sh') {
      const lines = block.text.replace(/\\\n\s*/g, '').split('\n');
      return lines.flatMap((line, i) => commandsOfLine(line, `${page}:${block.line + i}`));
    }
    return codeSpans(block).flatMap(({ text, line }) =>
      isCommand(text) ? commandsOfLine(text, `${page}:${line}`) : [],
    );
  });
}

/** True for a span that is a whole command line; spans such as `search` or `npm is not installed` are not. */
function isCommand(text: string): boolean {
  if (/…|\.\.\./.test(text)) return false; // a message, or a command that is not written out
  return /^([A-Z]\w*=\S* )*(npx |exec |nohup )?(mnv4-nas [a-z-]|npm (run [a-z]|test\b|install |pack\b)|node scripts\/)/.test(
    text,
  );
}

/** Splits a line at `&&`, `;` and comments, and spells out alternatives: `bash|zsh` stands for two commands. */
function commandsOfLine(line: string, place: string): DocCommand[] {
  const [code = ''] = line.split(/(?:^|\s)#\s/);
  return code.split(/\s(?:&&|\|\|)\s|;\s/).flatMap((part) => {
    const text = part.trim();
    return text === '' ? [] : alternatives(text).map((one) => ({ place, ...named(one) }));
  });
}

function alternatives(text: string): string[] {
  const words = /(?<=\s)[\w-]+(?:\|[\w-]+)+/.exec(text)?.[0];
  return words === undefined ? [text] : words.split('|').flatMap((one) => alternatives(text.replace(words, one)));
}

function named(line: string): Pick<DocCommand, 'text' | 'program'> {
  const ours = /(?:^|\s)(?:mnv4-nas|(?:\S*\/)?dist\/cli\/main\.js) (.*)$/.exec(line)?.[1];
  if (ours !== undefined) return { program: 'mnv4-nas', text: `mnv4-nas ${ours.replace(/ &$/, '')}` };
  if (/^npm (run|test)\b/.test(line)) return { program: 'npm', text: line };
  if (/^node scripts\//.test(line)) return { program: 'script', text: line };
  return { program: 'other', text: line };
}

/** Comments at the top of the configs, recipes, devices, spaces and networks. */
function headers(): { file: string; lines: string[] }[] {
  return ['configs', 'search-spaces'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => {
        const file = `${folder}/${name}`;
        const comment = /^(#.*\n)*/.exec(readFileSync(join(root, file), 'utf8'))?.[0] ?? '';
        return { file, lines: comment.split('\n') };
      }),
  );
}

function commandsOfHeader({ file, lines }: { file: string; lines: string[] }): DocCommand[] {
  return lines.flatMap((line, i) =>
    [...line.matchAll(/(?:npx )?mnv4-nas [^,()`]+|npm run [\w:]+(?: -- [^,()`]+)?/g)].flatMap(([text]) =>
      commandsOfLine(text, `${file}:${i + 1}`),
    ),
  );
}
