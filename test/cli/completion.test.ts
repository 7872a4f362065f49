/** The completion scripts in the real shells, at the press of the Tab key. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandTable } from '#cli/command-table';
import { completionOf } from '#cli/commands/completion';
import { formats } from '#tasks/export/formats';
import { hasTerminal, inTerminal } from '#test/cli/in-terminal';
import { printed } from '#test/cli/printed';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

let folder = '';
let scriptOf: (shell: Shell) => string;

/** Shells by name; a test of one that is not installed is skipped, and its title says so. */
const cases = shells.map((shell) => {
  const isInstalled = spawnSync(shell, ['-c', 'exit 0']).status === 0;
  const lack = isInstalled ? (hasTerminal || shell === 'fish' ? '' : 'Python 3.9 is not') : `${shell} is not`;
  return { shell, lack, title: lack === '' ? shell : `${shell} (skipped: ${lack} installed)` };
});

const marker = 'shell>';
const starts = { bash: ['bash', '--rcfile', '.bashrc', '-i'], zsh: ['zsh', '-d', '-i'] } as const;

/** Settings that the shells read first: list everything at the first Tab, without a pager. */
const settings = {
  '.bashrc': `PS1='${marker} '
bind 'set completion-query-items 0' 'set page-completions off' 'set show-all-if-ambiguous on' 'set enable-bracketed-paste off'
source ./c.bash`,
  '.zshrc': `PS1='${marker} '
LISTMAX=1000
unsetopt auto_menu
unset zle_bracketed_paste
autoload -Uz compinit
compinit -D -u
source ./c.zsh`,
  'loaded/.zshrc': `PS1='${marker} '
LISTMAX=1000
unsetopt auto_menu
fpath+=($PWD/loaded)
autoload -Uz compinit
compinit -D -u`,
} as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mnv4-completion-'));
  const completion = completionOf(commandTable);
  for (const shell of shells) writeFileSync(join(folder, `c.${shell}`), await printed(completion, shell));
  mkdirSync(join(folder, 'loaded'));
  for (const [file, text] of Object.entries(settings)) writeFileSync(join(folder, file), text);
  copyFileSync(join(folder, 'c.zsh'), join(folder, 'loaded', '_mnv4-nas'));
  scriptOf = (shell) => join(folder, `c.${shell}`);
  for (const [root, ids] of [
    ['runs', ['birds-coarse', 'birds-fine']],
    ['other runs', ['trees-train']],
  ] as const) {
    for (const id of ids) {
      mkdirSync(join(folder, root, id), { recursive: true });
      writeFileSync(join(folder, root, id, 'state.json'), '{}');
    }
    mkdirSync(join(folder, root, 'not-a-run'));
  }
  writeFileSync(join(folder, 'photos.yaml'), '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the lines that a shell shows below a line when Tab is pressed twice, or the completed line. */
async function offered(shell: Shell, line: string, zdotdir = ''): Promise<string[]> {
  if (shell === 'fish') {
    const { stdout } = spawnSync(
      'fish',
      ['--no-config', '-c', `source ${scriptOf('fish')}; complete -C ${quoted(line)}`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    return stdout
      .split('\n')
      .map((row) => row.split('\t')[0] as string)
      .filter((word) => word !== '');
  }
  const env = { HOME: folder, ZDOTDIR: join(folder, zdotdir) };
  const screen = inTerminal(starts[shell], { columns: 200, rows: 100, cwd: folder, env });
  await screen.until((lines) => lines.includes(marker));
  screen.keys(`${line}\t\t#end`);
  await screen.until((lines) => lines.join('\n').includes('#end'));
  const words = screen.lines().join(' ').replace('#end', '').split(/\s+/);
  screen.close();
  await screen.ended;
  const typed = new Set([...line.split(' '), marker]);
  return words.filter((word) => !typed.has(word));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

describe.each(cases)('$title', ({ shell, lack }) => {
  it.skipIf(lack !== '')('offers the commands, and the commands of a group', async () => {
    expect(await offered(shell, 'mnv4-nas ')).toEqual(expect.arrayContaining(Object.keys(commandTable)));
    expect(await offered(shell, 'mnv4-nas runs ')).toEqual(
      expect.arrayContaining(['list', 'show', 'watch', 'report', 'prune']),
    );
  });

  it.skipIf(lack !== '')('offers the options of a command and the choices of an option', async () => {
    expect(await offered(shell, 'mnv4-nas search x.yaml --re')).toEqual(
      expect.arrayContaining(['--resume', '--require-gpu', '--rehearse'].map((flag) => expect.stringContaining(flag))),
    );
    expect(await offered(shell, 'mnv4-nas export net --to ')).toEqual(expect.arrayContaining([...formats]));
    expect(await offered(shell, 'mnv4-nas export net --to=')).toEqual(
      expect.arrayContaining(formats.map((format) => expect.stringContaining(format))),
    );
  });

  it.skipIf(lack !== '')('offers the runs of --root, and no other folder of it', async () => {
    const ids = await offered(shell, 'mnv4-nas fine x.yaml --from birds-');
    expect(ids).toEqual(expect.arrayContaining(['birds-coarse', 'birds-fine']));
    expect(ids.join()).not.toContain('not-a-run');
    expect((await offered(shell, 'mnv4-nas runs show --root other\\ runs trees')).join(' ')).toContain('trees-train');
  });

  it.skipIf(lack !== '')('offers shipped networks, files and folders where the argument is one', async () => {
    const zoo = readdirSync('search-spaces/zoo')
      .map((file) => file.replace('.yaml', ''))
      .filter((name) => name.startsWith('mnv4'));
    expect(await offered(shell, 'mnv4-nas train mnv4-')).toEqual(
      expect.arrayContaining(zoo.filter((name) => name.startsWith('mnv4-'))),
    );
    expect((await offered(shell, 'mnv4-nas search pho')).join(' ')).toContain('photos.yaml');
    const folders = await offered(shell, 'mnv4-nas runs list --root ');
    expect(folders.join(' ')).toContain('runs');
    expect(folders.join(' ')).not.toContain('photos.yaml');
  });

  it.skipIf(lack !== '')('offers nothing for a number', async () => {
    expect(await offered(shell, 'mnv4-nas search x.yaml --seed ')).toEqual([]);
  });
});

it.skipIf(cases.find(({ shell }) => shell === 'zsh')?.lack !== '')(
  'zsh also loads the script from $fpath',
  async () => {
    expect(await offered('zsh', 'mnv4-nas runs ', 'loaded')).toEqual(expect.arrayContaining(['list', 'prune']));
    expect(await offered('zsh', 'mnv4-nas runs show birds-', 'loaded')).toContain('birds-coarse');
  },
);
