#!/usr/bin/env node
// Puts finished studies into the page of docs/ that has marks of their names, with plots and findings next to it. Parts of a
// study that ran on several machines are put together, with those that docs/ has; where two have the same seed of an arm,
// the later one counts. Run after `npm run build`:
//   node scripts/docs/studies.mjs runs/stages/study.json runs/ranking/study.json
//   node scripts/docs/studies.mjs docs/study-cifar10.json first/cifar10/study.json second/cifar10/study.json
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonText } from '#core/files/json';
import { groupBy } from '#core/statistics/group-by';
import { joined } from '#tasks/study/study-parts';
import { studyPlot, studyResult } from '#tasks/study/study-report';
import { studyRows } from '#tasks/study/study-table';
import { docs, filled, table } from './page.mjs';

const pages = ['studies.md', 'performance.md'];
const given = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
for (const parts of groupBy(given, ({ name }) => name)) {
  const [{ name, measure, trainings }] = parts;
  const arms = joined(parts.map((part) => part.arms)).sort((a, b) => (a.target ?? 0) - (b.target ?? 0));
  const result = studyResult({ name, measure, trainings }, arms);
  const [head, ...rows] = studyRows(result);
  writeFileSync(docs(`study-${name}.json`), jsonText(result));
  writeFileSync(docs(`study-${name}.svg`), await studyPlot(result));
  const content = `${table(head, rows)}\n\n![${name}](study-${name}.svg)`;
  const page = docs(pages.find((one) => readFileSync(docs(one), 'utf8').includes(`<!-- ${name} -->`)) ?? pages[0]);
  writeFileSync(page, filled(readFileSync(page, 'utf8'), name, content));
}
