#!/usr/bin/env node
// Puts finished studies into docs/trust.md, each between the marks of its name, and its plot next to the page. Run
// after `npm run build`:
//   node scripts/docs/studies.mjs runs/stages runs/ranking
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { studyRows } from '#tasks/study/study-table';
import { docs, filled, table } from './page.mjs';

for (const folder of process.argv.slice(2)) {
  const result = JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8'));
  const [head, ...rows] = studyRows(result);
  const plot = `study-${result.name}.svg`;
  copyFileSync(join(folder, 'study.svg'), docs(plot));
  const content = `${table(head, rows)}\n\n![${result.name}](${plot})`;
  writeFileSync(docs('trust.md'), filled(readFileSync(docs('trust.md'), 'utf8'), result.name, content));
}
