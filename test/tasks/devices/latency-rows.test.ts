import fc from 'fast-check';
import { expect, it } from 'vitest';
import { locateCsv } from '#core/documents/csv';
import { type LatencyRow, latencyCsv } from '#tasks/devices/latency-rows';

const row: LatencyRow = {
  name: '',
  network: 'mnv4-conv-s',
  resolution: 224,
  ms: 8.123456,
  interval: [8, 8.25],
  deviation: 0.0123456,
  repeats: 15,
  interrupted: 0,
};

it('writes comments, a header and rows of five digits, with names in quotes where they need it', () => {
  expect(
    latencyCsv(
      [row, { ...row, network: 'a,"b".yaml', ms: 1234.5678, resolution: { height: 8, width: 12 } }],
      ['here', 'there'],
    ),
  ).toBe(
    `# here
# there
network,resolution,ms,ms_low,ms_high,ms_deviation,repeats
mnv4-conv-s,224,8.1235,8,8.25,0.012346,15
"a,""b"".yaml",8x12,1234.6,8,8.25,0.012346,15
`,
  );
});

it('omits the interval and the deviation of a single repeat', () => {
  const single = { ...row, network: 'a', ms: 8, interval: null, deviation: null, repeats: 1 };
  expect(latencyCsv([single], [])).toContain('\na,224,8,,,,1\n');
});

it('writes any names so that they are read back unchanged', () => {
  const character = fc.constantFrom('a', '.', ' ', ',', ';', '"', '#', '“', '”', '\n', '\r', '\t', '=', '\u00a0');
  const names = fc.array(fc.string({ unit: character, minLength: 1 }), { minLength: 1 });
  fc.assert(
    fc.property(names, (networks) => {
      const rows = networks.map((network) => ({ ...row, network, ms: 2.5 }));
      const { value } = locateCsv('rows.csv', latencyCsv(rows, ['here']), ['network', 'ms'], ['ms']);
      expect(value).toEqual(networks.map((network) => expect.objectContaining({ network, ms: 2.5 })));
    }),
  );
});
