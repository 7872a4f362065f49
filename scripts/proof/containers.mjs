#!/usr/bin/env node
// Proves that shards which webdataset, TensorFlow, datasets and pyarrow write are read row for row: bytes, labels and
// class names. Prints the rows compared and the differences; exits with 1 if there are any. Run after
// `npm run proof:containers:install`: npm run proof:containers
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byCodePoint } from '#core/code-points';
import { sha256 } from '#core/files/files';
import { openParquet } from '#data/images/formats/parquet/open-parquet';
import { openTfRecord } from '#data/images/formats/tfrecord/open-tfrecord';
import { openWebDataset } from '#data/images/formats/webdataset/open-webdataset';
import { isInstalled } from '../python/environment.mjs';
import { containersEnvironment } from './containers/environment.mjs';

if (!isInstalled(containersEnvironment)) {
  console.error('containers: the programs are not installed; run `npm run proof:containers:install`');
  process.exit(5);
}
const folder = mkdtempSync(join(tmpdir(), 'mnv4-containers-'));
try {
  const args = ['-B', join(import.meta.dirname, 'containers', 'write.py'), folder];
  const { status } = spawnSync(containersEnvironment.python, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`write.py ended with ${status}`);
  await compare();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare() {
  const { names, rows, versions } = JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8'));
  const sorted = byCodePoint(names);
  const sets = [
    ['webdataset', openWebDataset, { classNames: names }, names],
    ['webdataset', openWebDataset, { label: 'json.name' }, sorted],
    ['tfrecord', openTfRecord, { firstLabel: 1 }, names],
    ['tfrecord', openTfRecord, { label: 'image/class/text' }, sorted],
    ['datasets', openParquet, {}, names],
    ['pyarrow', openParquet, {}, sorted],
    ['pyarrow, small pages', openParquet, {}, sorted],
    ['pyarrow, gzip, version 2', openParquet, {}, sorted],
  ];
  let different = 0;
  for (const [name, open, choices, expected] of sets) {
    const { classNames, train, test } = await open({ folder: join(folder, name), ...choices });
    const wrong =
      (await differences(train, classNames, rows.train)) +
      (await differences(test, classNames, rows.validation)) +
      Number(classNames.join() !== expected.join());
    different += wrong;
    console.log(`${name} ${JSON.stringify(choices)}: ${train.n} + ${test.n} rows, ${wrong} differences`);
  }
  console.log(
    Object.entries(versions)
      .map((one) => one.join(' '))
      .join(', '),
  );
  process.exitCode = different === 0 ? 0 : 1;
}

/** Rows of a part that differ from those written, read in reverse order. */
async function differences(images, classNames, rows) {
  let different = Math.abs(images.n - rows.length);
  for (let i = Math.min(images.n, rows.length) - 1; i >= 0; i--) {
    const [name, sum] = rows[i];
    if (classNames[images.label(i)] !== name || sha256(await images.bytes(i)) !== sum) different++;
  }
  return different;
}
