/** The folder of a web export; `npm run proof:web` opens it in a browser. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { logitsWith } from '#networks/nn/frozen-network';
import { openBackend } from '#networks/tensor/backend';
import { difference } from '#tasks/export/check-export';
import type { Exported } from '#tasks/export/exporter';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { tfjs } from '#tasks/export/tfjs/tfjs';
import { web } from '#tasks/export/web/web';
import { writeExport } from '#tasks/export/write-export';
import { newFolder } from '#test/data/fixtures';
import { readModel } from '#test/tasks/export/litert/interpreter';
import { randomExported, small, trial } from '#test/tasks/export/random-exported';

let exported: Exported;
let folder: string;

beforeAll(async () => {
  openBackend({ threads: 1 });
  exported = { ...randomExported(small), origin: 'made <up> for a test', centralCrop: 0.875 };
  folder = join(newFolder(), 'web');
  const int8 = quantizedNetwork(exported, trial(small, 16));
  await writeExport(folder, web, exported, { fold: true, batch: 1, int8 });
});

const text = (file: string) => readFileSync(join(folder, file), 'utf8');
const filesBelow = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));

describe('a web export', () => {
  it('is the page, both models, and the files of every export', () => {
    const top = filesBelow().filter((file) => !file.includes('/'));
    expect(top.sort()).toEqual([
      ...['README.md', 'architecture.yaml', 'group1-shard1of1.bin', 'index.html', 'labels.txt'],
      ...['model-int8.tflite', 'model.json', 'model.tflite', 'preprocessing.json'],
    ]);
    expect(JSON.parse(text('preprocessing.json'))).toMatchObject({
      shape: ['batch', 9, 9, 3],
      resize: { filter: 'bilinear', antialias: true, centralCrop: 0.875 },
    });
  });

  it('contains all that its page and modules name, and names nothing elsewhere', () => {
    const html = text('index.html');
    const linked = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, target = '']) => target);
    expect(linked).toContain('page/page-script.js');
    expect(linked.filter((target) => target !== 'data:,' && !existsSync(join(folder, target)))).toEqual([]);
    const modules = filesBelow().filter((file) => /^(page\/.*|libraries\/litert\/(litert|wasm-utils))\.js$/.test(file));
    expect(modules.length).toBeGreaterThan(7);
    const imports = modules.flatMap((file) =>
      [...text(file).matchAll(/^import .* from ['"](.*)['"]/gm)].map(([, target = '']) => [file, target] as const),
    );
    expect(imports.length).toBeGreaterThan(7);
    for (const [file, target] of imports) {
      expect(target, file).toMatch(/^\.\.?\//);
      expect(existsSync(join(folder, normalize(join(dirname(file), target)))), `${file} imports ${target}`).toBe(true);
    }
    const named = [...text('page/sessions.js').matchAll(/address\('([^']+)'\)/g)].map(([, target = '']) => target);
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
    for (const file of filesBelow().filter((name) => /^(index\.html|page\/)/.test(name)))
      expect(text(file).match(/https?:\/\//), file).toBeNull();
  });

  it('has a policy that forbids inline scripts and other servers, and follows it', () => {
    const html = text('index.html');
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'");
    expect(policy).not.toContain("'unsafe-inline'");
    expect(html.match(/<style|<script(?![^>]* src=)| style="| on\w+="/)).toBeNull();
  });

  it('escapes what others wrote, and offers int8 only where there is such a model', async () => {
    const html = text('index.html');
    expect(html).toContain('Made &lt;up&gt; for a test.');
    expect(html).toContain('value="litert-int8"');
    const files = await web.files(exported, { fold: true, batch: 1 });
    const page = files.find(({ name }) => name === 'index.html')?.content;
    expect(page).not.toContain('litert-int8');
    expect(files.some(({ name }) => name === 'model-int8.tflite')).toBe(false);
  });

  it('has the runtimes as their packages have them', () => {
    const { resolve } = createRequire(import.meta.url);
    const copies = {
      'libraries/tfjs/tf.es2017.min.js': '@tensorflow/tfjs/dist/tf.es2017.min.js',
      'libraries/tfjs/tfjs-backend-wasm-simd.wasm': '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
      'libraries/litert/litert_wasm_internal.wasm': '@litertjs/core/wasm/litert_wasm_internal.wasm',
      'libraries/litert/wasm-utils.js': '@litertjs/wasm-utils/dist/index.js',
    };
    for (const [file, source] of Object.entries(copies))
      expect(readFileSync(join(folder, file)).equals(readFileSync(resolve(source))), file).toBe(true);
    const [notice, ...rest] = text('libraries/litert/litert.js').split('\n');
    expect(notice).toContain('Changed by mnv4-nas');
    const original = readFileSync(resolve('@litertjs/core/dist/index.js'), 'utf8');
    expect(rest.join('\n').replace('./wasm-utils.js', '@litertjs/wasm-utils')).toBe(original);
    expect(text('libraries/LICENSE')).toContain('Apache License');
  });

  it('has models for one picture: LiteRT in browsers refuses an open batch', async () => {
    for (const file of ['model.tflite', 'model-int8.tflite']) {
      const { subgraphs } = readModel(readFileSync(join(folder, file)));
      const [graph] = subgraphs ?? [];
      const input = graph?.tensors?.[graph.inputs?.[0] ?? -1];
      expect([[...(input?.shape ?? [])], input?.shape_signature]).toEqual([[1, 9, 9, 3], undefined]);
    }
    const images = trial(small, 3, 1);
    const { logits } = await tfjs.logits(folder, exported, images);
    const expected = logitsWith(small, exported.weights, images, 1);
    expect(difference(logits[0] as Float32Array, expected).maxRelative).toBeLessThan(1e-5);
  });
});
