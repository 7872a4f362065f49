import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellCommand, shellWord } from '#tasks/cluster/shell-word';

const words = [
  'plain',
  'a=1.5,b',
  '',
  ' ',
  "it's",
  '"$HOME"',
  '`id`',
  'a\\b',
  'line\nbreak',
  'cost[0]*',
  '-n',
  '~',
  'ü',
];

it('writes words that a shell reads unchanged', () => {
  const read = execFileSync('sh', ['-c', `set -- ${shellCommand(words)}; printf '%s\\0' "$@"`], { encoding: 'utf8' });
  expect(read.split('\0').slice(0, -1)).toEqual(words);
});

it('leaves words without special characters unquoted', () => {
  expect([shellWord('/shared/runs-2'), shellWord('--set'), shellWord('a b')]).toEqual([
    '/shared/runs-2',
    '--set',
    "'a b'",
  ]);
});
