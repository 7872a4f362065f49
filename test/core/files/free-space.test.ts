import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freeBytes } from '#core/files/free-space';
import { newFolder } from '#test/data/fixtures';

it('the free space of a folder to be made is that of the nearest one above it', () => {
  const folder = newFolder();
  expect(freeBytes(join(folder, 'not', 'there'))).toBeGreaterThan(0);
});
