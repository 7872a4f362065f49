import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '#networks/tensor/backend';
import { exporters } from '#tasks/export/exporters';
import { writeExport } from '#tasks/export/write-export';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { smallNetwork } from '#test/tasks/training/small-network';
import { randomExported } from './random-exported.js';

beforeAll(() => void openBackend({ threads: 1 }));

it('class names that labels.txt cannot hold one per line are refused before anything is written', async () => {
  const folder = join(newFolder(), 'export');
  const exported = { ...randomExported(smallNetwork()), classNames: ['a', 'b\nc', 'a'] };
  const failure = await failureOfAsync(() => writeExport(folder, exporters.safetensors, exported, { fold: false }));
  expect([failure.kind, failure.message]).toEqual([
    'data',
    'small: classNames[1]: expected a class name on one line, without control characters; got "b\\nc"\n' +
      'small: classNames[2]: expected a name that no other class has, as class 0 does; got a',
  ]);
  expect(existsSync(folder)).toBe(false);
});
