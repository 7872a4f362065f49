import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Override, parseOverride, withOverrides } from '#core/documents/overrides';
import type { Failure } from '#core/failure';
import { builtSetFolder } from '#data/sets/built-set';
import { costTable } from '#networks/cost/cost-table';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { parseSpace, readNetwork, readSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { readRefinement, refine } from '#networks/space/refine';
import { readBuildRecipe } from '#tasks/distill/build-recipe';
import { readSearchConfig, type StageName } from '#tasks/search/config/config';
import { scheduleSettings, stageSettings } from '#tasks/search/config/stage-settings';
import { schedule } from '#tasks/search/controller/schedule';
import { readTrainingRecipe } from '#tasks/training/recipe';
import { newFolder } from '#test/data/fixtures';
import { spaceDocument } from '#test/networks/space/random-space';
import { expectFinite, expectNamed, expectPlaced, fuzz, outcomeOf } from './fuzzed.js';
import { editedAt, mutatedBytes, mutatedDocument, printed, routesIn } from './mutated.js';

const folder = newFolder();
const shipped = (path: string) => readFileSync(path, 'utf8');
const network = readNetwork('search-spaces/zoo/mnv4-conv-s.yaml');

/** Expects that an accepted network or space is finite, survives printing, and has finite costs. */
function expectSound(file: string): void {
  const space = readSpace(file);
  expectFinite(space);
  expect(parseSpace('printed', printSpace(space))).toEqual(space);
  const table = costTable(space, [{ cost: 'macs' }, { cost: 'params' }]);
  expectFinite([...table.evaluate(space.choices.map(() => 0))]);
}

const stages: readonly StageName[] = ['coarse', 'fine'];

function expectSoundConfig(file: string): void {
  const located = readSearchConfig(file);
  for (const stage of stages.filter((one) => located.config[one] !== undefined)) {
    const settings = stageSettings(located, stage);
    expectFinite(settings);
    if (settings.steps < 1e4) expectFinite(schedule(scheduleSettings(settings)));
  }
}

/** A kind of document: an example, and a reader that also checks what it accepts. */
interface Kind {
  readonly name: string;
  readonly text: string;
  readonly read: (file: string) => unknown;
  /** Mappings that may hold any keys. */
  readonly free?: readonly string[];
}

const kinds: readonly Kind[] = [
  { name: 'space', text: shipped('search-spaces/tiny.hybrid.yaml'), read: expectSound, free: ['provenance'] },
  { name: 'network', text: shipped('search-spaces/zoo/mnv4-conv-s.yaml'), read: expectSound, free: ['provenance'] },
  {
    name: 'refinement',
    text: shipped('search-spaces/uib.refine.yaml'),
    read: (file) => expectFinite(refine(network, readRefinement(file))),
  },
  { name: 'search config', text: shipped('configs/quickstart.yaml'), read: expectSoundConfig },
  {
    name: 'training recipe',
    text: `name: r
data: { source: { dataset: mnist }, augment: { inceptionCrop: { area: [0.2, 1] }, shift: 2, randAugment: { magnitude: 9, scale: timm, spread: 0.5 }, mixup: { alpha: 1 }, cutmix: { alpha: 1, probability: 0.3 }, erase: { probability: 0.5 } } }
epochs: 3
batch: 64
microBatches: 2
optimizer: { kind: adamW, weightDecay: 0.01 }
learningRate: 0.01
warmupEpochs: 1
stochasticDepth: 0.1
`,
    read: (file) => expectFinite(readTrainingRecipe(file)),
  },
  {
    name: 'dataset recipe',
    text: `name: d
source: { format: idx, folder: images, classNames: [a, b] }
validation: 10
augment: { flip: true }
replicas: 3
teacher: [{ run: a }, { network: n.yaml, training: t.yaml }, { network: n.yaml, weights: w.safetensors, pixels: unit }, { onnx: o.onnx, preprocessing: { mean: [0.5], std: [0.5] } }]
rowsPerShard: 64
`,
    read: (file) => {
      expectFinite(readBuildRecipe(file));
      builtSetFolder(file);
    },
  },
  {
    name: 'device',
    text: shipped('configs/devices/pixel-4-dsp.yaml'),
    read: (file) => expectFinite([readDevice(file), latencyMs(network, readDevice(file))]),
  },
];

function expectRefusal(failure: Failure, file: string, text: string): void {
  expectNamed(failure, 'config', file);
  if (failure.diagnostics.every(({ line }) => line !== undefined)) expectPlaced(failure, text);
}

function written(name: string, content: string | Uint8Array): string {
  const file = join(folder, `${name.replace(' ', '-')}.yaml`);
  writeFileSync(file, content);
  return file;
}

describe.each(kinds)('the text of a $name', ({ name, text, read, free = [] }) => {
  const document: unknown = parse(text);

  it('is read unchanged', () => {
    read(written(name, text));
    read(written(name, printed(document)));
  });

  it('with changed bytes is refused at its place, or valid', () => {
    fuzz(60, mutatedBytes(Buffer.from(text)), (bytes) => {
      const file = written(name, bytes);
      const outcome = outcomeOf(() => read(file));
      if ('failure' in outcome) expectRefusal(outcome.failure, file, Buffer.from(bytes).toString());
    });
  });

  it('with values of other kinds, keys and lengths is refused at its place, or valid', () => {
    fuzz(150, mutatedDocument(document), (changed) => {
      const file = written(name, changed);
      const outcome = outcomeOf(() => read(file));
      if ('failure' in outcome) expectRefusal(outcome.failure, file, changed);
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('with an unknown key anywhere is refused', () => {
    const isFree = (route: readonly (string | number)[]) => free.includes(String(route[0]));
    for (const route of routesIn(document).filter((one) => !isFree(one))) {
      const changed = editedAt(document, route, (value) =>
        typeof value === 'object' && !Array.isArray(value) ? { ...value, unheard: 1 } : undefined,
      );
      const text = printed(changed);
      if (!text.includes('unheard')) continue;
      const outcome = outcomeOf(() => read(written(name, text)));
      expect('failure' in outcome && outcome.failure.message).toContain('unheard: unknown key');
    }
  });
});

it('any space of the language with changes is refused at its place, or valid', () => {
  fuzz(
    150,
    spaceDocument.chain((document) => mutatedDocument(document)),
    (changed) => {
      const file = written('random', changed);
      const outcome = outcomeOf(() => expectSound(file));
      if ('failure' in outcome) expectRefusal(outcome.failure, file, changed);
    },
  );
});

describe('an assignment', () => {
  const key = fc.oneof(
    fc.constantFrom('a', 'b', '0', '1', '[0]', '__proto__', 'constructor', 'prototype', ''),
    fc.string(),
  );
  const value = fc.oneof(mutatedDocument({ a: [1, { b: 2 }] }), fc.string());
  const assignment = fc
    .tuple(fc.array(key, { maxLength: 4 }), value)
    .map(([path, text]) => `${path.join('.')}=${text}`);

  it('of any value to any path is refused, or made', () => {
    fuzz(300, fc.array(assignment, { minLength: 1, maxLength: 3 }), (assignments) => {
      const located = { file: 'c', value: { a: [1, { b: 2 }], c: 3 }, at: () => ({ message: '' }) };
      const overrides: Override[] = [];
      const outcome = outcomeOf(() => {
        for (const one of assignments) overrides.push(parseOverride(one));
        return withOverrides(located, overrides).value;
      });
      if ('failure' in outcome) return expectNamed(outcome.failure, ['usage', 'config'], '--set');
      const last = overrides.at(-1) as Override;
      const found = last.path.reduce<unknown>(
        (inner, part) => (inner as Record<PropertyKey, unknown>)[part],
        outcome.value,
      );
      expect(found).toEqual(last.value);
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
