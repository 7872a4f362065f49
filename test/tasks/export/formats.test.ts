import { exporters } from '#tasks/export/exporters';
import { formats } from '#tasks/export/formats';
import { testLogits } from './logits-tests.js';

/** Formats with separate tests: timm, which knows only some networks, and LiteRT, whose runtime needs Python. */
const special = ['timm', 'litert'];

for (const format of formats.filter((name) => !special.includes(name))) testLogits(format, exporters[format]);
