import { expect, it } from 'vitest';
import { exporters } from '#tasks/export/exporters';
import { formats, int8Formats } from '#tasks/export/formats';
import { testLogits } from './logits-tests.js';

/** Formats with separate tests: timm, which knows only some networks; LiteRT, whose runtime needs Python, and the page. */
const special = ['timm', 'litert', 'web'];

for (const format of formats.filter((name) => !special.includes(name))) testLogits(format, exporters[format]);

it('the formats with int8 are those whose exporters write it', () => {
  expect(formats.filter((format) => exporters[format].int8 !== undefined)).toEqual(int8Formats);
});
