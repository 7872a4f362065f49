/** ONNX models, and networks with weights from files, as teachers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OnnxNode, onnxBytes } from '#data/files/onnx-file';
import { writeSafetensors } from '#data/files/safetensors';
import { formOf } from '#data/images/image-source';
import { oneWorker } from '#jobs/workers/launcher';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { openBackend } from '#networks/tensor/backend';
import { parseBuildRecipe } from '#tasks/distill/build-recipe';
import { teacherLoader } from '#tasks/distill/teacher';
import { onnxModel } from '#tasks/export/onnx/onnx';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { randomExported } from '#test/tasks/export/random-exported';
import { patternSource } from '#test/tasks/search/small-world';
import { silent, smallNetwork, smallNetworkText } from '#test/tasks/training/small-network';

const source = patternSource();
const exported = () => randomExported(smallNetwork());

beforeAll(() => void openBackend({ threads: 1 }));

/** Makes a folder with `model.onnx`, `small.yaml` and `small.safetensors`. */
function world(batch?: number): string {
  const folder = newFolder();
  writeFileSync(join(folder, 'model.onnx'), onnxModel(exported(), { fold: true, batch }));
  writeFileSync(join(folder, 'small.yaml'), smallNetworkText);
  writeSafetensors(join(folder, 'small.safetensors'), exported().weights);
  return folder;
}

function load(folder: string, teacher: string, form = formOf(source), warn = silent.warn) {
  const recipeFile = join(folder, 'r.dataset.yaml');
  const recipe = `name: r\nsource: { format: idx, folder: . }\nheld: 3\nteacher: [${teacher}]\n`;
  const loader = teacherLoader({
    environment: {},
    workers: oneWorker,
    observer: { ...silent, warn },
    clock: () => 0,
    shouldStop: () => false,
  });
  return loader(parseBuildRecipe(recipeFile, recipe).teacher, { recipeFile, form });
}

function ourAnswers(): Float32Array {
  const { model, forward, statistics, dispose } = frozenNetwork(smallNetwork(), exported().weights);
  const { n, images } = source.test;
  const answers = model.probabilities(forward, { n, images }, statistics);
  dispose();
  return answers;
}

const answersOf = async (folder: string, teacher: string) =>
  (await load(folder, teacher)).predict(source.test.images, source.test.n);

function expectOurs(answers: Float32Array): void {
  for (const [i, p] of ourAnswers().entries()) expect(answers[i]).toBeCloseTo(p, 5);
}

describe('a teacher', () => {
  it.each([undefined, 5, 36])(
    'from an exported model for %s images at a time answers like the network',
    async (batch) => {
      expectOurs(await answersOf(world(batch), '{ onnx: model.onnx }'));
    },
  );

  it('from a network with weights from a file answers like the network', async () => {
    expectOurs(await answersOf(world(), '{ network: small.yaml, weights: small.safetensors }'));
  });

  it('preprocesses images by the recipe, if that says how', async () => {
    const darker = 'preprocessing: { mean: [0.9], std: [0.5] }';
    const same = 'preprocessing: { mean: [0.5], std: [0.5] }';
    expectOurs(await answersOf(world(), `{ onnx: model.onnx, ${same} }`));
    expect(await answersOf(world(), `{ onnx: model.onnx, ${darker} }`)).not.toEqual(ourAnswers());
  });

  it('has a fingerprint of the model and its use, and the name of its file', async () => {
    const folder = world();
    const one = await load(folder, '{ onnx: model.onnx }');
    const again = await load(folder, '{ onnx: model.onnx }');
    const other = await load(folder, '{ onnx: model.onnx, preprocessing: { mean: [0.9], std: [0.5] } }');
    expect(one.name).toBe('model');
    expect(again.fingerprint).toBe(one.fingerprint);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it('from several models answers with their mean', async () => {
    const both = '{ onnx: model.onnx }, { network: small.yaml, weights: small.safetensors }';
    expectOurs(await answersOf(world(), both));
  });

  it.each([
    ['{ onnx: none.onnx }', 'data', 'none.onnx: expected a readable file; got no such file'],
    ['{ onnx: small.yaml }', 'data', 'small.yaml: expected a model that ONNX Runtime loads; got a text'],
    ['{ onnx: model.onnx, preprocessing: { mean: [0, 0, 0], std: [1, 1, 1] } }', 'config', 'expected 1 means and'],
    [
      '{ onnx: model.onnx, preprocessing: { layout: NHWC, mean: [0], std: [1] } }',
      'config',
      'expected an input of [batch, 8, 8, 1]; got',
    ],
    [
      '{ network: small.yaml, weights: model.onnx, convention: torch }',
      'config',
      'expected one of timm, tensorflow; got torch',
    ],
    ['{ onnx: model.onnx, output: scores }', 'config', 'expected one of logits, probabilities; got scores'],
    ['{ model: x }', 'config', 'teacher[0]'],
  ])('%s is refused as a %s failure', async (teacher, kind, message) => {
    const failure = await failureOfAsync(async () => load(world(), teacher));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(message);
  });

  it('with other classes is refused', async () => {
    const failure = await failureOfAsync(() =>
      load(world(), '{ onnx: model.onnx }', { ...formOf(source), classes: 4 }),
    );
    expect(failure.message).toContain('expected an output of [batch, 4]; got [batch, 3]');
  });

  const port = (name: string, shape: (number | string)[]) => ({ name, shape });
  const greatest: OnnxNode = {
    name: 'greatest',
    op: 'ReduceMax',
    inputs: ['x'],
    outputs: ['y'],
    attributes: { axes: { ints: [1, 2] }, keepdims: { int: 0 } },
  };

  /** Makes a model of these ops from x to y, by default the maximum over pixels, and its metadata. */
  function bareModel(
    metadata: Record<string, string>,
    { nodes = [greatest], classes = 1 as number | string, irVersion = 8, opset = 13 } = {},
  ): string {
    const folder = newFolder();
    const initializers = new Map([['one', { shape: [2], values: BigInt64Array.of(1n, 64n) }]]);
    const ports = { inputs: [port('x', ['n', 8, 8, 1])], outputs: [port('y', ['n', classes])] };
    const graph = { name: 'g', nodes, initializers, ...ports };
    const producer = { name: 't', version: '1' };
    const model = { irVersion, opset, producer, documentation: '', graph, metadata };
    writeFileSync(join(folder, 'bare.onnx'), onnxBytes(model));
    return folder;
  }

  /** Makes a model that applies the ops to all 64 pixels. */
  function pixelModel(...ops: string[]): string {
    const names = ['x', ...ops.map((_, i) => `t${i}`)];
    const chain = ['Flatten', ...ops].map((op, i, all) => ({
      name: `n${i}`,
      op,
      inputs: [names[i] as string],
      outputs: [i === all.length - 1 ? 'y' : (names[i + 1] as string)],
      attributes: {},
    }));
    return bareModel({}, { nodes: chain, classes: 64 });
  }

  const ofPixels = { ...formOf(source), classes: 64 };
  const raw = 'preprocessing: { layout: NHWC, mean: [0], std: [0.01] }';
  const centred = 'preprocessing: { layout: NHWC, mean: [0.5], std: [0.01] }';

  it.each([
    [
      'Softmax',
      raw,
      /: expected logits; got probabilities, each row from 0 to 1 with the sum 1: /,
      /^state output: prob/,
    ],
    [
      'Abs',
      `${centred}, output: probabilities`,
      /: expected probabilities that sum to 1, as output: probabilities says; got /,
      /^leave out/,
    ],
    ['Log', centred, /: expected logits that are finite; got /, undefined],
  ])('that ends in %s is refused at its first images with %s', async (op, how, message, remedy) => {
    const teacher = await load(pixelModel(op), `{ onnx: bare.onnx, ${how} }`, ofPixels);
    const failure = await failureOfAsync(async () => teacher.predict(source.test.images, source.test.n));
    expect(failure.kind).toBe('data');
    expect(failure.message).toMatch(message);
    if (remedy === undefined) expect(failure.remedy).toBeUndefined();
    else expect(failure.remedy).toMatch(remedy);
  });

  it.each([
    ['Softmax', 'output: probabilities'],
    ['LogSoftmax', 'output: logits'],
    ['Identity', 'output: logits'],
  ])('that ends in %s gives the same probabilities with %s', async (op, output) => {
    const teacher = await load(pixelModel(op), `{ onnx: bare.onnx, ${raw}, ${output} }`, ofPixels);
    const answers = await teacher.predict(source.test.images, 1);
    const logits = [...source.test.images.subarray(0, 64)].map((pixel) => pixel / 2.55);
    const most = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
    for (const [k, logit] of logits.entries()) expect(answers[k]).toBeCloseTo(Math.exp(logit - most) / sum, 5);
  });

  it('whose logits look like those of a sigmoid is accepted, with a warning', async () => {
    const warnings: string[] = [];
    const teacher = await load(pixelModel('Sigmoid'), `{ onnx: bare.onnx, ${raw} }`, ofPixels, (line) =>
      warnings.push(line),
    );
    for (let i = 0; i < 2; i++) await teacher.predict(source.test.images, source.test.n);
    expect(warnings).toEqual([expect.stringContaining('all outputs lie from 0 to 1, as those of a sigmoid do')]);
  });

  it('that takes one image at a time, despite the batch that it declares, is refused', async () => {
    const node = { name: 'n', op: 'Reshape', inputs: ['x', 'one'], outputs: ['y'], attributes: {} };
    const teacher = await load(bareModel({}, { nodes: [node], classes: 64 }), `{ onnx: bare.onnx, ${raw} }`, ofPixels);
    const failure = await failureOfAsync(async () => teacher.predict(source.test.images, source.test.n));
    expect(failure.kind).toBe('data');
    expect(failure.message).toContain('bare.onnx: expected a model that takes 36 images at a time; got: ');
  });

  it('that gives a different number of classes than it declares is refused', async () => {
    const node = { name: 'n', op: 'Flatten', inputs: ['x'], outputs: ['y'], attributes: { axis: { int: 0 } } };
    const teacher = await load(bareModel({}, { nodes: [node], classes: 'k' }), `{ onnx: bare.onnx, ${raw} }`);
    const failure = await failureOfAsync(async () => teacher.predict(source.test.images, source.test.n));
    expect(failure.message).toContain('bare.onnx: expected 3 values for each of 36 images; got 2304 in all');
  });

  it.each([
    [{ irVersion: 14 }, 'Unsupported model IR version: 14', 'save it with ir_version 13 or lower'],
    [{ opset: 40 }, 'Opset 40 is under development', 'export it with opset'],
  ])('of a version unknown to ONNX Runtime (%o) is refused with a remedy', async (version, message, remedy) => {
    const failure = await failureOfAsync(() => load(bareModel({}, version), `{ onnx: bare.onnx, ${raw} }`));
    expect(failure.message).toContain(`bare.onnx: expected a model that ONNX Runtime loads; got: `);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain('onnxruntime_src');
    expect(failure.remedy).toContain(remedy);
  });

  it.each(['null', '3', '[1', '{ mean: [300], std: [1] }', '&a [*a]'])(
    'with the preprocessing %s in its metadata is refused as damaged',
    async (preprocessing) => {
      const failure = await failureOfAsync(() => load(bareModel({ preprocessing }), '{ onnx: bare.onnx }'));
      expect(failure.kind).toBe('data');
      expect(failure.message).toContain('bare.onnx: preprocessing');
    },
  );

  it('without preprocessing in its metadata is refused with a remedy', async () => {
    const failure = await failureOfAsync(() => load(bareModel({}), '{ onnx: bare.onnx }'));
    expect(failure.message).toContain(
      'bare.onnx: expected preprocessing in its metadata, as our exports have it; got none',
    );
    expect(failure.remedy).toContain('preprocessing: { mean: [...], std: [...] }');
  });
});
