/** ONNX models, and networks with weights from files, as teachers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseBuildRecipe } from '../../src/distill/build-recipe.js';
import { teacherLoader } from '../../src/distill/teacher.js';
import { onnxModel } from '../../src/export/onnx.js';
import { openBackend } from '../../src/nn/backend.js';
import { frozenNetwork } from '../../src/nn/frozen-network.js';
import { onnxBytes } from '../../src/runs/onnx-file.js';
import { writeSafetensors } from '../../src/runs/safetensors.js';
import { oneWorker } from '../../src/train/computing-team.js';
import { failureOfAsync, newFolder } from '../data/fixtures.js';
import { randomExported } from '../export/random-exported.js';
import { patternSource } from '../search/small-world.js';
import { silent, smallNetwork, smallNetworkText } from '../train/small-network.js';

const source = patternSource();
const exported = () => randomExported(smallNetwork());

beforeAll(() => void openBackend({ threads: 1 }));

/** A folder with `model.onnx`, `small.yaml` and `small.safetensors`. */
function world(batch?: number): string {
  const folder = newFolder();
  writeFileSync(join(folder, 'model.onnx'), onnxModel(exported(), { fold: true, batch }));
  writeFileSync(join(folder, 'small.yaml'), smallNetworkText);
  writeSafetensors(join(folder, 'small.safetensors'), exported().weights);
  return folder;
}

function load(folder: string, teacher: string, images = source) {
  const recipeFile = join(folder, 'r.dataset.yaml');
  const recipe = `name: r\nsource: { format: idx, folder: . }\nheld: 3\nteacher: [${teacher}]\n`;
  const loader = teacherLoader({
    environment: {},
    workers: oneWorker,
    observer: silent,
    clock: () => 0,
    shouldStop: () => false,
  });
  return loader(parseBuildRecipe(recipeFile, recipe).teacher, { recipeFile, source: images });
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
    'of an exported model for %s images at a time answers as the network does',
    async (batch) => {
      expectOurs(await answersOf(world(batch), '{ onnx: model.onnx }'));
    },
  );

  it('of a network with weights from a file answers as it does', async () => {
    expectOurs(await answersOf(world(), '{ network: small.yaml, weights: small.safetensors }'));
  });

  it('takes images as the recipe says, where it says so', async () => {
    const darker = 'preprocessing: { mean: [0.9], std: [0.5] }';
    const same = 'preprocessing: { mean: [0.5], std: [0.5] }';
    expectOurs(await answersOf(world(), `{ onnx: model.onnx, ${same} }`));
    expect(await answersOf(world(), `{ onnx: model.onnx, ${darker} }`)).not.toEqual(ourAnswers());
  });

  it('has a fingerprint of the model and of how it is used, and the name of its file', async () => {
    const folder = world();
    const one = await load(folder, '{ onnx: model.onnx }');
    const again = await load(folder, '{ onnx: model.onnx }');
    const other = await load(folder, '{ onnx: model.onnx, preprocessing: { mean: [0.9], std: [0.5] } }');
    expect(one.name).toBe('model');
    expect(again.fingerprint).toBe(one.fingerprint);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it('of several answers with their mean', async () => {
    const both = '{ onnx: model.onnx }, { network: small.yaml, weights: small.safetensors }';
    expectOurs(await answersOf(world(), both));
  });

  it.each([
    ['{ onnx: none.onnx }', 'data', 'none.onnx: expected a readable file; got no such file'],
    ['{ onnx: small.yaml }', 'data', 'small.yaml: expected a model that ONNX Runtime loads'],
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

  it('of other classes is refused', async () => {
    const failure = await failureOfAsync(() => load(world(), '{ onnx: model.onnx }', { ...source, classes: 4 }));
    expect(failure.message).toContain('expected an output of [batch, 4]; got [batch, 3]');
  });

  /** A model that gives the greatest pixel of an image, and says this of itself. */
  function bareModel(metadata: Record<string, string>): string {
    const folder = newFolder();
    const port = (name: string, shape: (number | string)[]) => ({ name, shape });
    const graph = {
      name: 'g',
      nodes: [
        {
          name: 'n',
          op: 'ReduceMax',
          inputs: ['x'],
          outputs: ['y'],
          attributes: { axes: { ints: [1, 2] }, keepdims: { int: 0 } },
        },
      ],
      initializers: new Map(),
      inputs: [port('x', ['n', 8, 8, 1])],
      outputs: [port('y', ['n', 1])],
    };
    const model = {
      irVersion: 8,
      opset: 13,
      producer: { name: 't', version: '1' },
      documentation: '',
      graph,
      metadata,
    };
    writeFileSync(join(folder, 'bare.onnx'), onnxBytes(model));
    return folder;
  }

  it.each(['null', '3', '[1', '{ mean: [300], std: [1] }', '&a [*a]'])(
    'that says that it takes images as %s is refused as damaged',
    async (preprocessing) => {
      const failure = await failureOfAsync(() => load(bareModel({ preprocessing }), '{ onnx: bare.onnx }'));
      expect(failure.kind).toBe('data');
      expect(failure.message).toContain('bare.onnx: preprocessing');
    },
  );

  it('that does not say how it takes images is refused, with what to write', async () => {
    const failure = await failureOfAsync(() => load(bareModel({}), '{ onnx: bare.onnx }'));
    expect(failure.message).toContain(
      'bare.onnx: expected preprocessing in its metadata, as our exports have it; got none',
    );
    expect(failure.remedy).toContain('preprocessing: { mean: [...], std: [...] }');
  });
});
