import { expect, it } from 'vitest';
import { exporters } from '#tasks/export/exporters';
import { formats, int8Formats } from '#tasks/export/formats';

it('the formats with int8 are those whose exporters write it', () => {
  expect(formats.filter((format) => exporters[format].int8 !== undefined)).toEqual(int8Formats);
});
