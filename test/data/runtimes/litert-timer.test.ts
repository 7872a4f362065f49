import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { litertEnvironment } from '#data/runtimes/litert';
import { LitertTimer } from '#data/runtimes/litert-timer';
import { isInstalled } from '#data/runtimes/python-environment';
import { newFolder } from '#test/data/fixtures';

it.runIf(isInstalled(litertEnvironment()))('reports a file that LiteRT refuses, and ends', async () => {
  const file = join(newFolder(), 'noise.tflite');
  writeFileSync(file, Buffer.alloc(1000, 7));
  const timer = new LitertTimer(1);
  await expect(timer.load(file, { profiled: false })).rejects.toMatchObject({
    kind: 'backend',
    message: expect.stringMatching(`^${file}: LiteRT does not run it: .*Error`),
    remedy: expect.stringContaining('npm run litert:install'),
  });
  await timer.close();
});
