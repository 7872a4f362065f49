import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CommandTable } from '#cli/arguments/command-spec';
import { commandTable, examples } from '#cli/command-table';
import { isNetworkReference, namedSpace } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';
import { inProcess } from '#test/cli/in-process';
import { parsed, wordsOf } from '#test/cli/parsed-command';

interface Example {
  readonly line: string;
  readonly of: string;
}

/** The examples of a table's commands, or of its groups. */
async function examplesOf(table: CommandTable, above = ''): Promise<Example[]> {
  const all: Example[] = [];
  for (const [name, entry] of Object.entries(table)) {
    const of = `${above}${name}`;
    const own = 'commands' in entry ? entry.examples : (await entry.load()).examples;
    all.push(...own.map((line) => ({ line, of })));
    if ('commands' in entry) all.push(...(await examplesOf(entry.commands, `${of} `)));
  }
  return all;
}

const all = [...examples.map((line) => ({ line, of: '' })), ...(await examplesOf(commandTable))];

describe('an example of --help', () => {
  it.each(all)('$line is a command line of its command, which parses', async ({ line, of }) => {
    expect(`${line} `).toMatch(new RegExp(`^mnv4-nas ${of === '' ? '' : `${of} `}`));
    const words = wordsOf(line).slice(1);
    const given = await parsed(words);
    const shipped = words.filter((word) => /^(configs|search-spaces)\//.test(word));
    expect(shipped.filter((file) => !existsSync(file))).toEqual([]);
    for (const { placeholder, value } of given) {
      if (/^devices?$/.test(placeholder)) expect(existsSync(findDevice(value))).toBe(true);
      if (/^(networks|network-or-space|space)$/.test(placeholder) && !value.startsWith('runs/')) namedSpace(value);
      if (placeholder === 'network' && isNetworkReference(value)) namedSpace(value);
    }
  });

  it('would fail for a wrong command, option, choice or file', async () => {
    const wrong = ['serch c.yaml', 'search c.yaml --dry-rum', 'export net --to tensorrt', 'search', 'train net'];
    for (const line of wrong) await expect(parsed(wordsOf(line)), line).rejects.toThrow();
    expect(await parsed(wordsOf('describe "two words" --device a b'))).toEqual([
      { placeholder: 'network-or-space', value: 'two words' },
      { placeholder: 'devices', value: 'a' },
      { placeholder: 'devices', value: 'b' },
    ]);
  });

  it('comes twice or three times with each command and group', () => {
    const perCommand = new Map<string, number>();
    for (const { of } of all) perCommand.set(of, (perCommand.get(of) ?? 0) + 1);
    expect([...perCommand].filter(([, n]) => n < 2 || n > 3)).toEqual([]);
  });

  it.each([['--help'], ['runs', '--help'], ['runs', 'show', '--help']])(
    'stands at the end of each',
    async (...args) => {
      const words = args.filter((word) => word !== undefined);
      const { status, stdout } = await inProcess(words);
      const of = words.slice(0, -1).join(' ');
      const lines = all.filter((example) => example.of === of).map(({ line }) => `  ${line}`);
      expect([status, stdout.split('Examples:\n')[1]]).toEqual([0, `${lines.join('\n')}\n`]);
    },
  );
});
