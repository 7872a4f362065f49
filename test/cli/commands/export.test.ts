/** `mnv4-nas export` and `eval --weights`, as a user runs them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from '#test/cli/in-process';
import { newFolder } from '#test/data/fixtures';
import { smallWorld } from '#test/tasks/search/small-world';
import { writeSmallTraining } from '#test/tasks/training/small-network';

const folder = writeSmallTraining(newFolder());
const run = (...args: string[]) => inProcess([...args, '--threads', '1'], { cwd: folder });

beforeAll(async () => {
  await smallWorld(join(folder, 'world'));
  const trained = await run('train', 'small.yaml', '--recipe', 'small.train.yaml', '--run-id', 'a', '--workers', '1');
  expect(trained).toMatchObject({ status: 0 });
});

const files = ['README.md', 'architecture.yaml', 'labels.txt', 'preprocessing.json'];
const text = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

describe('export', () => {
  it('writes a run with its card, and confirms its logits on the test images of its data', async () => {
    const { status, stdout, stderr } = await run('export', 'a', '--to', 'onnx', '--check', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ network: 'small', format: 'onnx', folder: 'exports/small-onnx', fold: true });
    expect(printed.check).toMatchObject({
      on: 'test images of a',
      images: 16,
      runtime: expect.stringMatching(/^ONNX/),
    });
    expect(printed.check.maxRelative).toBeLessThan(1e-5);
    expect(readdirSync(join(folder, 'exports', 'small-onnx')).sort()).toEqual([...files, 'model.onnx'].sort());
    expect([...printed.files].sort()).toEqual([...files, 'model.onnx'].sort());
    const card = text('exports', 'small-onnx', 'README.md');
    for (const fact of [
      'Trained by the run a',
      'small-training',
      '% of 36 test images',
      "the user's files in format idx",
      '[batch, 1, 8, 8] (NCHW)',
    ]) {
      expect(card).toContain(fact);
    }
  });

  it('names the classes that the run learned, or numbers them', () => {
    expect(text('exports', 'small-onnx', 'labels.txt')).toBe('0\n1\n2\n');
  });

  it('refuses to write over an export', async () => {
    const { status, stderr } = await run('export', 'a', '--to', 'onnx');
    expect(status).toBe(2);
    expect(stderr).toContain('exports/small-onnx: expected a folder that is not there yet; got one that is');
  });

  it('writes weights that eval reads, with the accuracy of the run', async () => {
    await run('export', 'a', '--to', 'safetensors', '--out', 'weights');
    const [ofRun, ofFile] = await Promise.all([
      run('eval', 'a', '--folder', 'world/set', '--json'),
      run('eval', 'small.yaml', '--weights', 'weights/weights.safetensors', '--folder', 'world/set', '--json'),
    ]);
    expect(ofFile.status).toBe(0);
    const weights = 'weights from the file weights/weights.safetensors';
    expect(JSON.parse(ofFile.stdout)).toEqual({ ...JSON.parse(ofRun.stdout), weights });
  });

  it("writes weights with timm's names, which eval reads, reporting the convention", async () => {
    expect(await run('export', 'a', '--to', 'timm', '--check', '--out', 'timm')).toMatchObject({ status: 0 });
    expect(text('timm', 'timm_model.py')).toContain('["uir_r1_a3_k3_s1_e2_c8"]');
    const read = ['eval', 'small.yaml', '--weights', 'timm/timm.safetensors', '--folder', 'world/set', '--json'];
    const [ofRun, ofFile, otherwise] = await Promise.all([
      run('eval', 'a', '--folder', 'world/set', '--json'),
      run(...read, '--convention', 'tensorflow'),
      run(...read),
    ]);
    const weights = expect.stringMatching(
      /^weights from the file timm.timm.safetensors in timm's names, .* tensorflow/,
    );
    expect(JSON.parse(ofFile.stdout)).toEqual({ ...JSON.parse(ofRun.stdout), weights });
    expect(ofFile.stderr).toContain('convention tensorflow: padding same, epsilon 0.001');
    expect(otherwise.stderr).toContain('convention timm: padding symmetric, epsilon 0.00001');
  });

  it('uses fresh weights on request, and the card says that they are not trained', async () => {
    const { status, stdout } = await run(
      'export',
      'small.yaml',
      '--seed',
      '3',
      '--to',
      'onnx',
      '--check',
      '--out',
      'fresh',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('(random images)');
    expect(text('fresh', 'README.md')).toContain('Fresh weights of seed 3, not trained');
  });

  it('writes a LiteRT model without LiteRT, which only --check needs and names before anything is written', async () => {
    const env = { MNV4_CACHE: newFolder() };
    const lite = (...args: string[]) => inProcess(['export', 'a', '--to', 'litert', ...args], { cwd: folder, env });
    expect(await lite('--out', 'lite')).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, 'lite')).sort()).toEqual([...files, 'model.tflite'].sort());
    expect(text('lite', 'README.md')).toContain('[batch, 8, 8, 1] (NHWC)');
    const refused = await lite('--check', '--out', 'unchecked');
    expect(refused.status).toBe(5);
    expect(refused.stderr).toContain('LiteRT is not installed\nwhat to do: run `npm run litert:install`');
    expect(existsSync(join(folder, 'unchecked'))).toBe(false);
  });

  it('also writes the network in int8, quantized with training images of the run', async () => {
    const { status, stdout } = await run('export', 'a', '--to', 'litert', '--int8', '--out', 'int8', '--json');
    expect(status).toBe(0);
    expect(readdirSync(join(folder, 'int8')).sort()).toEqual([...files, 'model-int8.tflite', 'model.tflite'].sort());
    const { rule, errors, check } = JSON.parse(stdout).int8;
    expect(Object.keys(errors)).toEqual(['min-max', 'percentile', 'mse']);
    expect(errors[rule]).toBeLessThan(0.1);
    expect(check).toBeNull();
    expect(text('int8', 'README.md')).toContain(`chosen by the rule \`${rule}\``);
  });

  it('writes a page with the models of TensorFlow.js and LiteRT for one picture', async () => {
    const { status, stdout } = await run('export', 'a', '--to', 'web', '--int8', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ folder: 'exports/small-web', batch: 1, fold: true });
    expect(readdirSync(join(folder, 'exports', 'small-web'))).toEqual(
      expect.arrayContaining([...files, 'index.html', 'libraries', 'model-int8.tflite', 'model.json', 'model.tflite']),
    );
    expect(text('exports', 'small-web', 'index.html')).toContain('Trained by the run a.');
    expect(text('exports', 'small-web', 'README.md')).toContain('| batch | 1 |');
  });

  it('quantizes a network alone with the training images of a set', async () => {
    const network = ['small.yaml', '--seed', '1', '--to', 'litert', '--int8'];
    const { status, stdout } = await run('export', ...network, '--folder', 'world/set', '--out', 'int8-alone');
    expect(status).toBe(0);
    expect(stdout).toMatch(/int8: ranges by (min-max|percentile|mse), with the smallest error of the logits/);
  });

  it.each([
    [['a', '--to', 'onnx', '--int8'], 2, '--int8: expected litert or web; got onnx'],
    [['a', '--to', 'web', '--batch', '2'], 2, '--batch: expected 1 for web; got 2'],
    [
      ['small.yaml', '--seed', '1', '--to', 'litert', '--int8'],
      2,
      '--int8: expected training images; got a network alone\nwhat to do: name training images with --dataset RECIPE',
    ],
    [['small.yaml', '--to', 'onnx'], 2, 'small.yaml: expected a network with weights; got a network without'],
    [['b', '--to', 'onnx'], 2, 'b: expected a run under runs; got none'],
    [['a', '--to', 'onyx'], 2, 'Allowed choices are onnx'],
    [
      ['a', '--to', 'timm', '--fold'],
      2,
      '--fold: expected a format with a graph, onnx or tfjs or litert or web; got timm',
    ],
    [['a', '--to', 'safetensors', '--batch', '2'], 2, '--batch: expected a format with a graph'],
    [['a'], 2, "required option '--to <format>' not specified"],
    [['a', '--to', 'onnx', '--batch', '0'], 2, 'expected dynamic or a number from 1 to 9999'],
    [['small.yaml', '--to', 'onnx', '--seed', '1', '--weights', 'x'], 2, 'expected --weights or --seed; got both'],
    [['small.yaml', '--to', 'timm', '--seed', '1', '--convention', 'timm'], 2, '--convention: expected --weights too'],
    [['small.yaml', '--to', 'onnx', '--weights', 'x.safetensors'], 4, 'x.safetensors: expected a readable file'],
    [
      ['small.yaml', '--to', 'onnx', '--seed', '1', '--check', '--folder', 'no'],
      4,
      'manifest.json: expected a readable',
    ],
  ])('refuses %j with %i and writes nothing', async (args, status, message) => {
    const ended = await run('export', ...args, '--out', 'refused');
    expect(ended.status).toBe(status);
    expect(ended.stderr).toContain(message);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
