import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { validate as command } from '#cli/commands/validate';
import { failureOf, newFolder } from '#test/data/fixtures';

/** Returns the output of `mnv4-nas validate FILES`; throws its failure. */
function validate(...files: string[]): string {
  return textOf(files, {});
}

function textOf(files: readonly string[], options: Parameters<typeof command.run>[1]): string {
  const { text, failure } = command.run([files], options);
  if (failure !== undefined) throw failure;
  return text();
}

/** Lists the YAML files below the folders that come with the program. */
const shipped = ['search-spaces', 'configs'].flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => file.endsWith('.yaml'))
    .sort(),
);

/** Returns the kind of a shipped file by its folder and name. */
function kindOf(file: string): string {
  if (file.startsWith('search-spaces')) return file.endsWith('.refine.yaml') ? 'refinement' : 'space';
  if (file.endsWith('.dataset.yaml')) return 'dataset recipe';
  if (file.endsWith('.train.yaml')) return 'training recipe';
  if (file.endsWith('.study.yaml')) return 'study';
  if (file.startsWith('configs/devices/measurements')) return 'space'; // a network that was measured
  return file.startsWith('configs/devices') ? 'device' : 'search config';
}

describe('validate', () => {
  it.each(shipped)('finds no mistakes in %s, and names its kind', (file) => {
    expect(validate(file)).toBe(`${file}: ${kindOf(file)}, no mistakes`);
  });

  it('reports all mistakes in all of the files', () => {
    const folder = newFolder();
    const [device, space] = [join(folder, 'd.yaml'), join(folder, 's.yaml')];
    writeFileSync(device, 'peakMacsPerMs: 0\npeakBytesPerMs: 1\n');
    writeFileSync(space, 'name: s\nstages: []\n');
    const failure = failureOf(() => validate(device, 'search-spaces/uib.refine.yaml', space));
    expect(failure.exitCode).toBe(3);
    expect(failure.diagnostics.map(({ file, path }) => [file, path])).toEqual([
      [device, 'bytesPerWeight'],
      [device, 'bytesPerActivation'],
      [device, 'source'],
      [device, 'peakMacsPerMs'],
      [space, 'input'],
      [space, 'classes'],
      [space, 'activation'],
      [space, 'head'],
      [space, 'stages'],
    ]);
  });

  it('checks the files that a config names: its space, device and data', () => {
    const folder = newFolder();
    const file = join(folder, 'c.yaml');
    const wrong = (change: (text: string) => string) => {
      const text = `name: t
dataset: { recipe: r.dataset.yaml }
cost: [{ cost: latency, device: pixel-6-cpu, targetMs: 1 }]
coarse: { space: tiny.coarse }
fine: { refine: uib.refine }
`;
      writeFileSync(file, change(text));
      return failureOf(() => validate(file)).message.replaceAll(`${folder}/`, '');
    };
    writeFileSync(
      join(folder, 'r.dataset.yaml'),
      'name: r\nsource: { dataset: mnist }\nheld: 10\nteacher: [{ network: n, training: t }]\n',
    );
    const known = 'expected a network or space: a YAML file, or one of';
    expect(wrong((text) => text.replace('tiny.coarse', 'tini.coarse'))).toMatch(
      new RegExp(`^c\\.yaml:4:18: coarse\\.space: ${known} .*; got tini\\.coarse; did you mean tiny\\.coarse\\?$`),
    );
    expect(wrong((text) => text.replace('pixel-6-cpu', 'pixel-6'))).toMatch(
      /^c\.yaml:3:33: cost\[0\]\.device: expected a device: .*; got pixel-6; did you mean pixel-6-cpu\?$/,
    );
    expect(wrong((text) => text.replace('space: tiny.coarse', 'space: mnv4-conv-s'))).toMatch(
      /mnv4-conv-s\.yaml: expected a space with choices; got a network, every value fixed$/,
    );
    expect(wrong((text) => text)).toBe('n: expected a readable file; got no such file (ENOENT)');
    expect(wrong((text) => text.replace('r.dataset', 'x.dataset'))).toBe(
      'x.dataset.yaml: expected a readable file; got no such file (ENOENT)',
    );
    expect(
      wrong((text) => text.replace(/coarse:.*\n/, '').replace('}]', '}]\nsearch: { controller: { delay: 1 } }')),
    ).toBe(
      'c.yaml:4:32: search.controller.delay: expected a delay that leaves steps to learn in; got 1000 of 1000 steps',
    );
  });

  it('accepts --set', () => {
    expect(failureOf(() => textOf(['configs/quickstart.yaml'], { set: ['search.stepz=3'] })).message).toBe(
      '--set search.stepz=3: search.stepz: unknown key; did you mean steps?',
    );
  });

  it('recognises a device of measured layers, and checks its table', () => {
    const folder = newFolder();
    const file = join(folder, 'phone.yaml');
    writeFileSync(file, 'table: layers.csv\nsource: made up\n');
    writeFileSync(join(folder, 'layers.csv'), 'signature,ms\nfc 1x1x96>1x1x10,0.1\n');
    expect(validate(file)).toBe(`${file}: device, no mistakes`);
    writeFileSync(join(folder, 'layers.csv'), 'signature,ms\nfc 1x1x96>1x1x10,fast\n');
    expect(failureOf(() => validate(file)).message).toMatch(
      /layers\.csv:2:18: ms: expected a number of ms from 0 to 1e9; got fast$/,
    );
  });

  it('refuses a file of an unknown kind', () => {
    const file = join(newFolder(), 'x.yaml');
    writeFileSync(file, 'hello: world\n');
    expect(failureOf(() => validate(file)).message).toMatch(
      /: expected one of these kinds of file: .*; got none of their keys$/,
    );
  });
});

describe('validate --schema', () => {
  const kinds = ['search config', 'space', 'refinement', 'training recipe', 'dataset recipe', 'device', 'study'];

  it.each(kinds)('prints a JSON Schema of a %s that accepts the shipped ones', (kind) => {
    const schema = JSON.parse(textOf([], { schema: kind }));
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: `mnv4-nas ${kind}`,
    });
    const read = z.fromJSONSchema(schema);
    const files = shipped.filter((file) => kindOf(file) === kind);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const value = parse(readFileSync(file, 'utf8'));
      expect(read.safeParse(value).error, file).toBeUndefined();
      expect(read.safeParse({ ...value, nonsense: 1 }).success, file).toBe(false);
    }
  });
});
