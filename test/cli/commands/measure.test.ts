/** `mnv4-nas measure`, as a user runs it. No time is asserted. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { litertEnvironment } from '#data/runtimes/litert';
import { isInstalled } from '#data/runtimes/python-environment';
import { costTable } from '#networks/cost/cost-table';
import { readDevice } from '#networks/cost/device';
import { layersOf } from '#networks/cost/layers/layers-of';
import { readSpace } from '#networks/space/parse';
import { namedNetwork } from '#networks/zoo/named-network';
import { findSpace } from '#networks/zoo/shipped';
import { inProcess } from '#test/cli/in-process';
import { newFolder } from '#test/data/fixtures';
import { smallNetworkText } from '#test/tasks/training/small-network';

const folder = newFolder();
writeFileSync(join(folder, 'small.yaml'), smallNetworkText);
const measure = (...args: string[]) => inProcess(['measure', '--repeats', '2', ...args], { cwd: folder });
const number = String.raw`[\d.]+(e-\d+)?`;

describe('measure', () => {
  it('prints rows that calibrate reads, with the machine that they were measured on', async () => {
    const { status, stdout } = await measure('small.yaml', 'small.yaml@16', 'small.yaml@8x16', 'small.yaml@16x8');
    expect(status).toBe(0);
    const [comment, ...lines] = stdout.trimEnd().split('\n');
    const rows = lines.filter((line) => !line.startsWith('# Other programs'));
    expect(comment).toMatch(/^# .+, threads: 1; ONNX Runtime \d.+, float32, one image\.$/);
    expect(rows).toEqual([
      'network,resolution,ms,ms_low,ms_high,ms_deviation,repeats',
      expect.stringMatching(`^small.yaml,8,${number},,,${number},2$`),
      expect.stringMatching(`^small.yaml,16,${number},,,${number},2$`),
      expect.stringMatching(`^small.yaml,8x16,${number},,,${number},2$`),
      expect.stringMatching(`^small.yaml,16x8,${number},,,${number},2$`),
    ]);
  });

  it('draws different architectures of a space and writes them next to their rows', async () => {
    const args = ['--space', 'tiny.coarse', '--samples', '3', '--seed', '1', '--output', 'drawn', '--resolution', '20'];
    const { status, stdout } = await measure(...args, '--json');
    expect(status).toBe(0);
    const { rows, threads } = JSON.parse(stdout);
    expect(threads).toBe(1);
    const names = ['001.yaml', '002.yaml', '003.yaml'];
    expect(
      rows.map(({ network, resolution }: { network: string; resolution: number }) => [network, resolution]),
    ).toEqual(names.map((name) => [name, 20]));
    expect(readdirSync(join(folder, 'drawn')).sort()).toEqual([...names, 'rows.csv']);
    const spaces = names.map((name) => readSpace(join(folder, 'drawn', name)));
    expect(spaces.every(({ choices, input }) => choices.length === 0 && input.resolution === 20)).toBe(true);
    expect(new Set(spaces.map(({ stages }) => JSON.stringify(stages))).size).toBe(3);
    expect(readFileSync(join(folder, 'drawn', 'rows.csv'), 'utf8')).toContain('\n001.yaml,20,');
  });

  it('draws every network of a small space, although some decisions give the same network', async () => {
    const uib = '{ kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 8, optional: true, repeat: 2 }';
    writeFileSync(
      join(folder, 'three.yaml'),
      smallNetworkText.replace(
        /stages:.*head/s,
        `stages:\n  - blocks: [{ kind: conv, kernel: 3, out: 8 }, ${uib}]\nhead`,
      ),
    );
    const { status, stdout } = await measure('--space', 'three.yaml', '--output', 'three', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).rows).toHaveLength(3);
    const names = ['001.yaml', '002.yaml', '003.yaml'];
    const lengths = names.map((name) => readSpace(join(folder, 'three', name)).stages[0]?.slots.length);
    expect(lengths.sort()).toEqual([1, 2, 3]);
  });

  it('measures in ONNX Runtime in int8 too', async () => {
    const { status, stdout } = await measure('small.yaml', '--int8');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# .+; ONNX Runtime \d.+, int8 with ranges of noise, .+, one image\.$/m);
  });

  it.runIf(isInstalled(litertEnvironment()))('measures in LiteRT, in float32 and in int8', async () => {
    for (const [flags, precision] of [
      [[], 'float32'],
      [['--int8'], 'int8 with ranges of noise, so that only its latency counts'],
    ] as const) {
      const args = ['small.yaml', 'small.yaml@16', '--runtime', 'litert', '--threads', '2', ...flags];
      const { status, stdout } = await measure(...args);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^# .+, threads: 2; LiteRT \\d.+, ${precision}, one image\\.$`, 'm'));
      expect(stdout).toMatch(new RegExp(`^small.yaml,16,${number},,,${number},2$`, 'm'));
      const { rows } = JSON.parse((await measure(...args, '--json')).stdout);
      expect(rows[0].delegated).toEqual({ to: 'XNNPACK', ops: expect.any(Number), of: expect.any(Number) });
      expect(rows[0].delegated.ops).toBeGreaterThan(rows[0].delegated.of / 2);
    }
  });

  it.runIf(isInstalled(litertEnvironment()))(
    'measures the layers of a space, as a device that can cost it',
    async () => {
      const args = ['--space', 'tiny.hybrid', '--runtime', 'litert', '--int8', '--by-layer', '--output', 'my-host'];
      const { status, stdout } = await measure(...args);
      expect(status).toBe(0);
      expect(stdout).toMatch(
        /^network +ms as a whole +sum of its layers +off by\n001.yaml +[\d.]+ +[\d.]+ +[+-][\d.]+ %$/m,
      );
      const device = readDevice(join(folder, 'my-host', 'my-host.yaml'));
      expect(device).toMatchObject({ kind: 'table', name: 'my-host', bytesPerWeight: 1, bytesPerActivation: 1 });
      const table = costTable(readSpace(findSpace('tiny.hybrid')), [{ cost: 'latency', device }]);
      const [cost] = table.evaluate(table.cheapest());
      expect(cost).toBeGreaterThan(0);
      const one = JSON.parse((await measure('small.yaml', '--runtime', 'litert', '--by-layer', '--json')).stdout);
      expect(one.networks[0].layers.length).toBe(layersOf(namedNetwork(join(folder, 'small.yaml'))).length);
      expect(one.layers[0]).toMatchObject({ signature: expect.stringMatching('conv'), count: 2 });
    },
  );

  it('says how to install LiteRT where it is not', async () => {
    const { status, stderr } = await inProcess(['measure', 'small.yaml', '--runtime', 'litert'], {
      cwd: folder,
      env: { MNV4_CACHE: folder },
    });
    expect(status).toBe(5);
    expect(stderr).toContain('LiteRT is not installed\nwhat to do: run `npm run litert:install`');
  });

  it.each([
    [[], 'measure: expected networks or --space; got neither'],
    [['small.yaml', '--space', 'tiny.coarse', '--output', 'x'], 'measure: expected networks or --space; got both'],
    [['--space', 'tiny.coarse'], '--space: expected --output too'],
    [['small.yaml', '--samples', '3'], '--samples: expected --space too; got networks'],
    [
      ['--space', 'tiny.coarse', '--output', 'x', '--samples', '385'],
      '--samples: expected at most 384, all different networks of tiny.coarse; got 385',
    ],
    [['small.yaml@8x16', 'small.yaml@8x16'], 'got small.yaml@8x16 again'],
    [['small.yaml', 'small.yaml@8'], 'measure: expected each network once; got small.yaml@8 again'],
    [['small.yaml@8x12', 'small.yaml@12x8', 'small.yaml@8x12'], 'got small.yaml@8x12 again'],
    [['small.yaml@16', 'small.yaml', '--resolution', '20'], 'got small.yaml@20 again'],
    [
      ['small.yaml', '--by-layer'],
      '--by-layer: expected --runtime litert, whose profiler tells operators apart; got onnx',
    ],
    [
      ['--space', 'tiny.coarse', '--by-layer', '--samples', '3', '--output', 'x'],
      '--samples: expected none with --by-layer, which draws until each layer occurs; got one',
    ],
    [['small.yaml', '--output', '.'], '.: expected a folder that is not there yet'],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await measure(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
