/** Exports for TensorFlow.js, also on its plain JavaScript backend. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTfjsModel } from '#data/runtimes/tfjs-model';
import { checkExport } from '#tasks/export/check-export';
import { tfjs } from '#tasks/export/tfjs/tfjs';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { network } from '#test/networks/nn/fixtures';
import { tf } from '#test/networks/tensor/tfjs';
import { randomExported, trial } from '#test/tasks/export/random-exported';

const hybrid = network(`
padding: symmetric
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: mqa, heads: 2, keyDim: 4, kvStride: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 5, stride: 2, expand: 2, out: 8 }
head: { conv: 16, hidden: 0 }`);

async function written(batch?: number): Promise<string> {
  const folder = newFolder();
  for (const { name, content } of await tfjs.files(randomExported(hybrid), { fold: true, batch })) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : Buffer.concat(content));
  }
  return folder;
}

describe('a GraphModel', () => {
  it('computes the logits in plain JavaScript', async () => {
    const before = tf.memory().numTensors;
    const check = await checkExport(await written(), tfjs, randomExported(hybrid), trial(hybrid, 3));
    expect(check.runtime).toMatch(/^TensorFlow\.js .* \(cpu\)$/);
    expect(check.maxRelative).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('states its input, also for a given batch', async () => {
    const model = await tf.loadGraphModel(tf.io.fromMemory(await artifactsOf(await written(5))));
    const ports = [...model.inputs, ...model.outputs].map(({ name, shape }) => ({ name, shape }));
    expect(ports).toEqual([
      { name: 'image', shape: [5, 8, 8, 2] },
      { name: 'logits', shape: undefined },
    ]);
    model.dispose();
  });

  it('splits weights of more than 4 MB into several files', async () => {
    const large = network(`
stages:
  - blocks: [{ kind: conv, kernel: 1, out: 1024 }]
head: { conv: 1200, hidden: 0 }`);
    const [model, ...shards] = await tfjs.files(randomExported(large), { fold: true });
    const { weightsManifest } = JSON.parse(model?.content as string);
    expect(weightsManifest[0].paths).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin']);
    expect(shards.map(({ name }) => name)).toEqual(weightsManifest[0].paths);
    const bytes = shards.map(({ content }) => Buffer.concat(content as readonly Uint8Array[]).length);
    expect(bytes[0]).toBe(2 ** 22);
  });

  it('with damaged files is a data failure', async () => {
    const folder = await written();
    writeFileSync(join(folder, 'model.json'), '{ "format": "graph-model" }');
    const failure = await failureOfAsync(() => openTfjsModel(folder));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain(`${join(folder, 'model.json')}: expected a GraphModel that TensorFlow.js loads`);
  });
});

function artifactsOf(folder: string) {
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const bytes = Buffer.concat(manifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path)))));
    return [manifest.flatMap(({ weights }) => weights), new Uint8Array(bytes).buffer];
  });
}
