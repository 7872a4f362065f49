import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { costTable } from '#networks/cost/cost-table';
import { parseDevice, readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { layersOf } from '#networks/cost/layers/layers-of';
import { signaturesOf } from '#networks/cost/space-parts';
import { readNetwork, readSpace } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import { close } from '#networks/space/space';
import { findSpace } from '#networks/zoo/shipped';

const folder = mkdtempSync(join(tmpdir(), 'table-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = readNetwork(findSpace('mnv4-conv-s'));
const signatures = [...new Set(layersOf(network).map(layerSignature))];

/** A device with these rows of measurements. */
function deviceOf(rows: readonly string[], header = 'signature,ms,count,ms_deviation') {
  writeFileSync(join(folder, 'layers.csv'), `# measured\n${[header, ...rows].join('\n')}\n`);
  return parseDevice(join(folder, 'phone.yaml'), 'table: layers.csv\nsource: made up\n');
}

describe('a device of measured layers', () => {
  it('sums the latencies of the layers of a network, counting repeated layers each time', () => {
    const device = deviceOf(signatures.map((signature, i) => `${signature},${2 ** -i},30,0.001`));
    const expected = layersOf(network).reduce((sum, layer) => sum + 2 ** -signatures.indexOf(layerSignature(layer)), 0);
    expect(latencyMs(network, device)).toBeCloseTo(expected, 12);
    expect(device).toMatchObject({ kind: 'table', name: 'phone', bytesPerWeight: 1 });
  });

  it('rejects a layer that was not measured and names it with its signature', () => {
    const device = deviceOf(signatures.slice(1).map((signature) => `${signature},1,,`));
    expect(() => latencyMs(network, device)).toThrow(
      `${join(folder, 'layers.csv')}: expected a row for stages[0].blocks[0], conv 3x3/2 224x224x3>112x112x32; got none`,
    );
  });

  it('names the layer of a space that it lacks', () => {
    const space = readSpace(findSpace('tiny.coarse'));
    expect(() =>
      costTable(space, [{ cost: 'latency', device: deviceOf(['fc 1x1x1>1x1x1,1'], 'signature,ms') }]),
    ).toThrow(/expected a row for stages\[0\]\.blocks\[0\], conv 3x3\/2 28x28x1>14x14x\d+; got none/);
  });

  it('costs the architectures of a space once it has the signatures of all layers of the space', () => {
    const space = readSpace(findSpace('tiny.one-stage'));
    const device = deviceOf(
      signaturesOf(space).map((signature) => `${signature},1`),
      'signature,ms',
    );
    const table = costTable(space, [{ cost: 'latency', device }]);
    const cheapest = table.cheapest();
    expect([...table.evaluate(cheapest)]).toEqual([layersOf(close(space, cheapest)).length]);
    expect(signaturesOf(asSpace(network))).toEqual(signatures);
  });

  it.each([
    ['signature,ms\nfc 1x1x1>1x1x1,-1', '2:16: ms: expected a number of ms from 0 to 1e9; got -1'],
    ['signature,ms\na,1\na,2', '3:1: signature: expected each layer once; got a again'],
    ['signature,ms,count\na,1,0', '2:5: count: expected a number of timings from 1; got 0'],
    ['name,ms\na,1', '1:1: expected a header with signature,ms; got no signature'],
  ])('%j is refused', (text, message) => {
    writeFileSync(join(folder, 'wrong.csv'), text);
    const device = () => parseDevice(join(folder, 'phone.yaml'), 'table: wrong.csv\nsource: made up\n');
    expect(device).toThrow(`${join(folder, 'wrong.csv')}:${message}`);
  });

  it('must name an existing file and state the source of its figures', () => {
    expect(() => parseDevice('d.yaml', 'table: none.csv\nsource: made up\n')).toThrow(
      'none.csv: expected a readable file',
    );
    expect(() => parseDevice('d.yaml', 'table: none.csv\n')).toThrow('d.yaml:1:1: source: missing');
    expect(() => readDevice(join(folder, 'none.yaml'))).toThrow('expected a readable file');
  });
});
