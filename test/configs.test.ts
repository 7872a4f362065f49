/** Every experiment that comes with the program is checked and planned, but not run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '#cli/arguments/command-spec';
import { search } from '#cli/commands/search';
import { coarse, fine } from '#cli/commands/stages';
import { validate } from '#cli/commands/validate';
import { shippedNames } from '#networks/zoo/shipped';
import { printed } from '#test/cli/printed';
import { newFolder } from '#test/data/fixtures';

process.env['MNV4_CACHE'] = newFolder(); // without images, estimates leave it at the plan

const configs = readdirSync('configs').filter((name) => name.endsWith('.yaml'));
const networks = shippedNames('search-spaces/zoo');

/** What a dry run plans. */
async function plans(command: CommandSpec, ...args: string[]) {
  return JSON.parse(await printed(command, ...args, '--dry-run', '--json')) as Record<string, unknown>[];
}

/** What a reader needs to know of a plan, all of it there. */
const figures = {
  space: expect.any(String),
  choices: expect.any(Number),
  steps: expect.any(Number),
  imagesPerStep: expect.any(Number),
  logitTravel: expect.any(Number),
  targets: expect.any(Object),
};

it('there are a quickstart, two for small data sets, and three at the size of the paper', () => {
  const expected = ['quickstart', 'fashion-mnist', 'cifar10', 'mnv4-conv-s', 'mnv4-conv-m', 'mnv4-conv-l'];
  expect(configs).toEqual(expect.arrayContaining(expected.map((name) => `${name}.yaml`)));
});

describe.each(configs)('configs/%s', (name) => {
  const file = join('configs', name);

  it('opens with its purpose, command and expected time', () => {
    const comment = /^(?:#.*\n)+/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
    for (const part of ['Purpose: ', 'Command: ', 'Expected: ']) expect(comment).toContain(part);
    expect(comment).toContain(`mnv4-nas search ${file}`);
  });

  it('has no mistakes', async () => {
    expect(await printed(validate, file)).toBe(`${file}: search config, no mistakes\n`);
  });

  it('plans a coarse stage', async () => {
    expect(await plans(coarse, file)).toMatchObject([{ stage: 'coarse', ...figures }]);
  });

  it('plans a fine stage over a network', async () => {
    const base = networks.find((network) => `${network}.yaml` === name) ?? 'mnv4-conv-s';
    expect(await plans(fine, file, '--base', base)).toMatchObject([{ stage: 'fine', ...figures }]);
  });

  it('plans both', async () => {
    const all = await plans(search, file);
    expect(all.filter(({ stage }) => stage === 'coarse' || stage === 'fine')).toMatchObject([
      { stage: 'coarse', ...figures },
      { stage: 'fine', ...figures },
    ]);
    expect(await printed(search, file, '--dry-run')).toMatch(
      /^phases \(dry run: nothing was written\)\n(.*\n)*coarse \(dry run: nothing was written\)\n/,
    );
  });
});
