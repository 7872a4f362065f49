import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDevice, rooflineSchema } from '#networks/cost/device';
import { fitRoofline } from '#tasks/devices/calibration';
import { printDevice, profileOf } from '#tasks/devices/print-device';

const amount = fc.integer({ min: 10_000, max: 1e9 }); // large enough that no peak is below 1 per ms
const load = fc.record({ name: fc.constant('l'), macs: amount, weightBytes: amount, activationBytes: amount });
const word = fc.string({
  unit: fc.constantFrom(
    'a',
    '1',
    'e3',
    ' ',
    ':',
    '#',
    '"',
    "'",
    '-',
    '\n',
    '\r',
    '\t',
    '%',
    '@',
    '{',
    'null',
    '\u2028',
    'ü',
  ),
});
const row = fc.record({
  name: word,
  family: fc.constantFrom('a', 'b', 'c'),
  loads: fc.array(load, { minLength: 1, maxLength: 3 }),
  ms: fc.constantFrom(1, 1, 1, 2.5, 70),
});
const options = fc.record({ ridgePoint: fc.constantFrom(undefined, 0.5, 30), overhead: fc.boolean() });

it('any fit is read back as it was written: with few rows, equal rows, any names', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), options, word, word, (rows, how, name, words) => {
      const timed = rows.flatMap((one) => (rows.length % 2 === 0 ? [one] : [one, one]));
      const bytes = { bytesPerWeight: 1, bytesPerActivation: 2 };
      const device = {
        name,
        fit: fitRoofline(timed, how),
        bytes,
        source: `From ${words}`.trim(),
        command: `calibrate ${words}`,
      };
      fc.pre(rooflineSchema.safeParse(profileOf(device)).success); // figures of a device, which calibrate requires
      const { kind, name: called, ...read } = parseDevice('d.yaml', printDevice(device));
      expect([kind, called, read]).toEqual(['roofline', 'd', { ...profileOf(device), source: read.source }]);
      const flowed = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
      expect(flowed(read.source)).toBe(flowed(device.source));
    }),
    { numRuns: 200 },
  );
});
