/** Every command of the documentation parses, and runs or is listed with the reason why not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from '#test/cli/in-process';
import { parsed, specOf, wordsOf } from '#test/cli/parsed-command';
import { newFolder } from '#test/data/fixtures';
import { root } from '../../scripts/docs/pages.mjs';
import { type Rule, rules } from './command-rules.js';
import { commandWorld, filled, folderFor } from './command-world.js';
import { type DocCommand, documentedCommands, namedScripts, unmarkedBlocks } from './commands.js';

const commands = documentedCommands();
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;

/** The first place of each different command. */
function different(program: DocCommand['program']): DocCommand[] {
  const first = new Map<string, DocCommand>();
  for (const command of commands) if (!first.has(command.text)) first.set(command.text, command);
  return [...first.values()].filter((command) => command.program === program);
}

const ours = different('mnv4-nas');

/** True for the name of a command alone, such as `mnv4-nas export`, where a page speaks of it. */
async function isName({ text }: DocCommand): Promise<boolean> {
  const words = wordsOf(text).slice(1);
  if (words[0]?.startsWith('-')) return false;
  const { spec, rest } = await specOf(words);
  const needed = [
    ...spec.arguments.filter(({ name }) => name.startsWith('<')),
    ...spec.options.filter((o) => o.required),
  ];
  return rest.length === 0 && needed.length > 0;
}

function ruleOf(text: string): Rule | undefined {
  return rules.find(({ match }) => match.test(text));
}

it('shell commands stand in blocks that are marked as such', () => {
  expect(unmarkedBlocks()).toEqual([]);
});

it.each(ours)('$text ($place) parses', async (command) => {
  const words = filled(wordsOf(command.text)).slice(1);
  if (words[0] === '--help') return;
  if (await isName(command)) return;
  const given = await parsed(words);
  const files = given
    .map(({ value }) => value)
    .filter((value) => /^(configs|search-spaces|test|scripts)\//.test(value));
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it('npm scripts exist, and the files that they run', () => {
  const named = [
    ...different('npm').map(({ place, text }) => ({ place, name: /^npm (?:run )?([\w:-]+)/.exec(text)?.[1] ?? '' })),
    ...namedScripts(),
  ];
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
  const files = Object.values(scripts).flatMap((line) => line.match(/scripts\/\S+\.mjs/g) ?? []);
  const run = different('script').map(({ text }) => text.split(' ')[1] as string);
  expect([...files, ...run].filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it('has a rule that says how it is run, or why not and what runs it', async () => {
  const whole = await Promise.all(commands.map(async (one) => one.program !== 'mnv4-nas' || !(await isName(one))));
  const all = commands.filter((_, i) => whole[i]);
  expect(all.filter(({ text }) => ruleOf(text) === undefined)).toEqual([]);
  const used = new Set(all.map(({ text }) => ruleOf(text)));
  expect(rules.filter((rule) => !used.has(rule))).toEqual([]);
  const runBy = rules.flatMap((rule) => ('runBy' in rule ? [rule.runBy] : []));
  expect(runBy.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

describe('in a folder with tiny images, networks and runs', () => {
  let world: string;
  const env = { MNV4_CACHE: newFolder() };
  beforeAll(async () => {
    world = await commandWorld();
  });

  const run = ours.filter(({ text }) => 'how' in (ruleOf(text) ?? {}));

  it.each(run)('$text ($place) runs', async (command) => {
    if (await isName(command)) return;
    const rule = ruleOf(command.text) as Extract<Rule, { how: string }>;
    const words = filled(wordsOf(command.text)).slice(1);
    const isPlanned = rule.how === 'plan' && !words.includes('--dry-run');
    const args = isPlanned ? [...words, '--dry-run'] : words;
    const { status, stdout, stderr } = await inProcess(args, { cwd: folderFor(words, world), env });
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stdout).not.toBe('');
  });
});
