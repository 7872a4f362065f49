import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configKeys, configPage } from '../../scripts/docs/config.mjs';

const page = join(import.meta.dirname, '../../docs/config.md');

test.each(configKeys())('every key of a $title is explained in a sentence, which its schema holds', ({ rows }) => {
  expect(rows.filter(({ meaning }) => !/^[A-Z].{9,}[^.]$/.test(meaning ?? '')).map(({ path }) => path)).toEqual([]);
});

test('docs/config.md is what `node scripts/docs/config.mjs` makes of the schemas', () => {
  expect(readFileSync(page, 'utf8')).toBe(configPage());
});
