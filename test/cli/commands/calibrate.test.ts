import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { calibrate as command } from '#cli/commands/calibrate';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { readNetwork } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { namedNetwork } from '#networks/zoo/named-network';
import { findDevice, findSpace } from '#networks/zoo/shipped';
import { fitRoofline } from '#tasks/devices/calibration';
import { printed } from '#test/cli/printed';

const folder = mkdtempSync(join(tmpdir(), 'calibrate-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.restoreAllMocks());

const bytes = { bytesPerWeight: 1, bytesPerActivation: 1 };

type Options = Partial<Parameters<typeof command.run>[1]>;

function calibrate(file: string, options: Options = {}) {
  return command.run([file], { ...bytes, ...options });
}

const reference = readDevice(findDevice('reference'));

/** Writes the latencies on the reference device to a file, each row with more columns than are needed. */
function rowsFile(resolutions: readonly number[]): string {
  const network = readNetwork(findSpace('mnv4-conv-s'));
  const rows = resolutions.map((resolution) => {
    const ms = latencyMs({ ...network, input: { ...network.input, resolution } }, reference);
    return `mnv4-conv-s,${resolution},${ms},0.01,30`;
  });
  const file = join(folder, 'rows.csv');
  writeFileSync(
    file,
    ['# A reference,', '# made up.', 'network,resolution,ms,ms_deviation,repeats', ...rows, ''].join('\n'),
  );
  return file;
}

describe('calibrate', () => {
  it('finds the device of the rows, and writes a profile that predicts them', () => {
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const out = join(folder, 'phone.yaml');
    const fit = calibrate(rowsFile([96, 128, 224, 320]), { out }).json;
    expect(fit).toMatchObject({ overheadMs: 0, ridgePointIs: 'fitted', spearman: expect.closeTo(1, 9) });
    expect(fit.ridgePoint).toBeCloseTo(10, 3);
    expect(fit.peakMacsPerMs / 1e6).toBeCloseTo(1, 4);
    expect(fit.rows).toHaveLength(4);
    expect(err.mock.calls).toEqual([[`wrote ${out}\n`]]);

    const network = readNetwork(findSpace('mnv4-conv-m'));
    const device = readDevice(out);
    expect(latencyMs(network, device) / latencyMs(network, reference)).toBeCloseTo(1, 4);
    expect(device).toMatchObject({
      name: 'phone',
      source: 'Fitted to the rows of rows.csv. A reference, made up.',
      fit: { rows: 4, ridgePoint: 'fitted' },
    });
  });

  it('finds networks in files next to the rows, where measure writes them', () => {
    const network = readNetwork(findSpace('teacher-32'));
    writeFileSync(join(folder, '001.yaml'), printSpace(asSpace(network)));
    const file = join(folder, 'drawn.csv');
    writeFileSync(file, `network,resolution,ms\n001.yaml,32,${latencyMs(network, reference)}\n`);
    const fit = calibrate(file, { ridge: 10 }).json;
    expect(fit.rows).toMatchObject([{ name: '001.yaml@32' }]);
    expect(fit.peakMacsPerMs).toBeCloseTo(1e6, 0);
  });

  it('accepts rows of images that are not square', () => {
    const ms = (name: string) => latencyMs(namedNetwork(name), reference);
    const rows = ['mnv4-conv-s,192x256', 'mnv4-conv-s,"256x192"', 'mobilenet-v2,224x224'].map(
      (row) => `${row},${ms(row.replaceAll('"', '').replace(',', '@'))}`,
    );
    const file = join(folder, 'not-square.csv');
    writeFileSync(file, ['network,resolution,ms', ...rows, ''].join('\n'));
    const fit = calibrate(file, { ridge: 10 }).json;
    const names = fit.rows.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['mnv4-conv-s@192x256', 'mnv4-conv-s@256x192', 'mobilenet-v2@224x224']);
    expect(fit.peakMacsPerMs).toBeCloseTo(1e6, 0);
  });

  it('states error, rho, ridge point and every row in the comment of the profile', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const out = join(folder, 'phone.yaml');
    calibrate(rowsFile([96, 224]), { out, ridge: 10 });
    const lines = readFileSync(out, 'utf8').split('\n');
    expect(lines.slice(0, 7)).toEqual([
      '# phone: a roofline fitted to 2 measured latencies. Command: mnv4-nas calibrate rows.csv --ridge 10',
      "# Mean absolute percentage error 0.0 %, n/a where each network is predicted by a fit to the others: they are too few; Spearman's rho 1.000;",
      '# ridge point 10 MACs per byte, held. In ms:',
      '#                    measured  predicted',
      expect.stringMatching(/^# {3}mnv4-conv-s@96 +(\d+\.\d\d) +\1$/),
      expect.stringMatching(/^# {3}mnv4-conv-s@224 +(\d+\.\d\d) +\1$/),
      '# Show it: npx mnv4-nas describe mnv4-conv-m --device phone',
    ]);
  });

  it('prints the fit in a table', () => {
    const text = calibrate(rowsFile([96, 128, 224]), { overhead: true }).text();
    expect(text).toMatch(/^ridge point {21}10(\.\d+)? MACs per byte, fitted$/m);
    expect(text).toMatch(/^mean absolute percentage error {2}0\.0 %, n\/a where .*: they are too few$/m);
    expect(text).toMatch(/^Spearman's rho +1\.000$/m);
    expect(text).toMatch(/^mnv4-conv-s@224 +(\d+\.\d{3}) +\1 +[+-]?0\.0 %$/m);
  });

  it('counts a network once, under any name and resolution, in the leave-one-out error', () => {
    const network = readNetwork(findSpace('mnv4-conv-s'));
    writeFileSync(join(folder, 'copy.yaml'), printSpace({ ...asSpace(network), name: 'my own' }));
    const rows = (...names: string[]) => {
      const file = join(folder, 'named.csv');
      const others = ['mobilenet-v1,224,4.1', 'mobilenet-v2,224,3.2', 'mnv4-conv-m,256,8'];
      const own = names.map((name, i) => `${name},${[224, 224, 192][i]},${[2, 2.2, 1.7][i]}`);
      writeFileSync(file, ['network,resolution,ms', ...own, ...others, ''].join('\n'));
      return calibrate(file, { ridge: 20 }).json;
    };
    const plain = rows('mnv4-conv-s', 'mnv4-conv-s', 'mnv4-conv-s');
    const spelled = rows('mnv4-conv-s', 'copy.yaml', 'mnv4-conv-s-1x');
    expect(spelled.leaveOneOutError).toBe(plain.leaveOneOutError);
    const apart = fitRoofline(
      plain.rows.map(({ name, ms }: { name: string; ms: number }, i: number) => {
        const loads = layersOf(namedNetwork(name)).map((layer) => layerLoad(layer, bytes));
        return { name, loads, ms, family: `${i}` };
      }),
      { ridgePoint: 20, overhead: false },
    );
    expect(plain.leaveOneOutError).toBeGreaterThan(apart.leaveOneOutError as number);
  });

  it('omits figures that do not exist, and writes a readable profile', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const out = join(folder, '1e3.yaml');
    const text = calibrate(rowsFile([224]), { ridge: 10, out }).text();
    expect(text).toMatch(/^Spearman's rho +n\/a, since all latencies or all predictions are equal$/m);
    expect(readFileSync(out, 'utf8')).not.toMatch(/nan|null/i);
    expect(readDevice(out)).toMatchObject({ name: '1e3', fit: { rows: 1, meanAbsolutePercentageError: 0 } });
    const fit = calibrate(rowsFile([224]), { ridge: 10 }).json;
    expect(fit).toMatchObject({ spearman: null, leaveOneOutError: null });
  });

  it.each([
    [
      { ridge: 1e300 },
      'peakMacsPerMs: expected latencies that give a number of MACs per ms from 1 to 1e15; got Infinity',
    ],
    [{ ridge: 1e-12 }, 'peakBytesPerMs: expected latencies that give a number of bytes per ms from 1 to 1e15; got'],
  ])('with %o gives a device that could not be read, and is refused', (options, problem) => {
    const out = join(folder, 'none.yaml');
    for (const where of [{}, { out }]) {
      expect(() => calibrate(rowsFile([96, 224]), { ...options, ...where })).toThrow(problem);
    }
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [[224], {}, 2],
    [[224, 224, 224], {}, 2],
    [[96, 224], { overhead: true }, 3],
  ])('rows at %o with %o are too few', (resolutions, options, least) => {
    const problem = `expected rows of at least ${least} networks, one for each figure to fit; got ${new Set(resolutions).size}`;
    expect(() => calibrate(rowsFile(resolutions), { ...options })).toThrow(problem);
  });

  it.each([
    ['network,ms\nmnv4-conv-s,1', '1:1: expected a header with network,resolution,ms; got no resolution'],
    ['network,resolution,ms\nmnv4-conv-s,224,0', '2:17: ms: expected a number of ms from 1e-6 to 1e9; got 0'],
    [
      'network,resolution,ms\nmnv4-conv-s,224px,1',
      '2:13: resolution: expected a resolution from 4 to 2048, or HEIGHTxWIDTH; got 224px',
    ],
    [
      'network,resolution,ms\nmnv4-conv-m,256,1\nmnv4-conv-x,224,1',
      /3:1: network: expected a network or space: .*; got mnv4-conv-x/,
    ],
  ])('%j is refused', (text, message) => {
    const file = join(folder, 'wrong.csv');
    writeFileSync(file, text);
    expect(() => calibrate(file)).toThrow(typeof message === 'string' ? `${file}:${message}` : message);
  });

  it.each([
    [['--ridge', '0'], 'expected a number of MACs per byte > 0'],
    [['--ridge', 'high'], 'expected a number of MACs per byte > 0'],
    [['--out', 'phone.csv'], 'expected the name of a YAML file'],
    [['--out', 'devices/.yaml'], 'expected the name of a YAML file'],
    [['--bytes-per-weight', '0'], 'expected a number of bytes > 0'],
  ])('%o is refused', async (flags, message) => {
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(printed(command, 'rows.csv', ...flags)).rejects.toThrow();
    expect(err.mock.calls.join('')).toContain(message);
  });
});
