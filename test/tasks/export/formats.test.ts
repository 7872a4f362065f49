import { exporters } from '#tasks/export/exporters';
import { formats } from '#tasks/export/formats';
import { testLogits } from './logits-tests.js';

/** Formats with separate tests: timm, which knows only some networks; LiteRT, whose runtime needs Python, and the page. */
const special = ['timm', 'litert', 'web'];

for (const format of formats.filter((name) => !special.includes(name))) testLogits(format, exporters[format]);
