import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '#networks/tensor/backend';
import { checkExport } from '#tasks/export/check-export';
import { timm } from '#tasks/export/timm';
import { newFolder } from '#test/data/fixtures';
import { network } from '#test/networks/nn/fixtures';
import { everyKind } from '#test/networks/weights/timm/networks';
import { randomExported, trial } from './random-exported.js';

beforeAll(() => void openBackend({ threads: 1 }));

describe('timm', () => {
  it("gets a program, and weights that are the network's when read back from timm's names", async () => {
    const folder = join(newFolder(), 'timm');
    mkdirSync(folder);
    const exported = randomExported(everyKind);
    const files = await timm.files(exported, { fold: false });
    expect(files.map(({ name }) => name)).toEqual(['timm_model.py', 'timm.safetensors']);
    for (const { name, content } of files) {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : Buffer.concat(content));
    }
    expect(await checkExport(folder, timm, exported, trial(everyKind, 2))).toMatchObject({ maxAbsolute: 0 });
  });

  it('refuses networks that it cannot express before anything is written', async () => {
    const stemless = network(
      'stages: [{ blocks: [{ kind: fusedIb, kernel: 3, expand: 2, out: 8 }] }]\nhead: { conv: 0, hidden: 0 }',
    );
    await expect(timm.files(randomExported(stemless), { fold: false })).rejects.toThrow(
      "test: stages[0].blocks[0]: expected a conv, timm's stem; got fusedIb",
    );
  });
});
