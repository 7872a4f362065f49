/** `int8.json` of an export: the accuracy of the network in int8 on test images. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readChecked, text } from '#core/documents/conform';
import { evaluationSchema, share } from '#jobs/runs/evaluation';
import type { Int8Figures } from './exporter.js';

export const int8ResultFile = 'int8.json';

const schema = z.object({ runtime: text('a program'), evaluation: evaluationSchema, agreement: share });

/** Reads the accuracy in int8 from an export's folder; undefined if it has none. */
export function readInt8Result(folder: string): Int8Figures | undefined {
  const file = join(folder, int8ResultFile);
  return existsSync(file) ? readChecked(file, schema) : undefined;
}
