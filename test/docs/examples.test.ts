/** The files that the guides show are read by the parser, and their commands print what the pages show. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseDevice } from '#networks/cost/device';
import { inProcess } from '#test/cli/in-process';
import { wordsOf } from '#test/cli/parsed-command';
import { newFolder } from '#test/data/fixtures';
import { blocksOf, readPage, root } from '../../scripts/docs/pages.mjs';
import { writeDocuments, yamlOf } from './documents.js';

/** The shell blocks of a page that an output follows. */
function shown(page: string): { line: string; output: string }[] {
  const blocks = blocksOf(readPage(page));
  return blocks.flatMap(({ language, text }, i) => {
    const next = blocks[i + 1];
    return language === 'sh' && next?.language === '' ? [{ line: text, output: next.text }] : [];
  });
}

it.each(shown('docs/spaces.md'))('docs/spaces.md: $line prints what the page shows', async ({ line, output }) => {
  const folder = newFolder();
  expect(writeDocuments('docs/spaces.md', folder).length).toBe(4);
  const { status, stdout } = await inProcess(wordsOf(line).slice(1), { cwd: folder });
  expect([status, stdout.trimEnd()]).toEqual([0, output]);
});

it.each(shown('docs/devices.md'))('docs/devices.md: $line prints what the page shows', async ({ line, output }) => {
  const { status, stdout } = await inProcess(wordsOf(line).slice(1), { cwd: root });
  expect([status, stdout.trimEnd()]).toEqual([0, output]);
});

it('docs/spaces.md shows the messages of a wrong space', async () => {
  const folder = newFolder();
  const wrong = `name: bad
input: { resolution: 32, channels: 3 }
classes: 10
activation: relu
stages:
  - blocks:
      - { kind: uib, startKernel: [0, 3], midKernel: [0, 3], stride: 2, expand: 4, out: 16 }
      - { kind: conv, kernel: 3, out: 16, optional: true }
head: { conv: 128, hidden: 0 }
`;
  writeFileSync(join(folder, 'bad.yaml'), wrong);
  const { stderr } = await inProcess(['validate', 'bad.yaml'], { cwd: folder });
  expect(readPage('docs/spaces.md')).toContain(`\`\`\`\n${stderr.trimEnd()}\n\`\`\``);
});

it('docs/devices.md shows a profile, and rows that can be fitted', async () => {
  const blocks = blocksOf(readPage('docs/devices.md'));
  const [profile = ''] = yamlOf('docs/devices.md');
  expect(parseDevice('board.yaml', profile)).toMatchObject({ kind: 'roofline', name: 'board' });
  const [rows, layers] = blocks.filter(({ language }) => language === 'csv').map(({ text }) => `${text}\n`);
  const folder = newFolder();
  writeFileSync(join(folder, 'board.csv'), rows ?? '');
  expect(await inProcess(['calibrate', 'board.csv'], { cwd: folder })).toMatchObject({ status: 0 });
  writeFileSync(join(folder, 'layers.csv'), layers ?? '');
  const table = parseDevice(join(folder, 'table.yaml'), 'table: layers.csv\nsource: measured\n');
  expect(table.kind === 'table' && table.table.timings.size).toBe(2);
});
