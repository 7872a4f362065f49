#!/usr/bin/env node
// Makes the pictures and the tables of docs/performance.md from docs/performance.json; the text between them is written
// by hand. The file's `peer` is the output of `npm run bench:peer -- --json`, `half` that with half activations, `amx` the
// same on a processor with AMX.
//   node scripts/bench/performance.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import { docs, filled, table } from '../docs/page.mjs';
import { ways } from './peer/environment.mjs';
import { axes } from './scale/spaces.mjs';

const measured = JSON.parse(readFileSync(docs('performance.json'), 'utf8'));
const { scale } = measured;

writeFileSync(docs('performance-scale.svg'), await svg(scaleSpec()));
let page = filled(readFileSync(docs('performance.md'), 'utf8'), 'scale', scaleTable());
for (const name of ['half', 'amx', 'peer']) {
  writeFileSync(docs(`performance-${name}.svg`), await svg(peerSpec(measured[name])));
  page = filled(page, name, peerTable(measured[name]));
}
writeFileSync(docs('performance.md'), page);

async function svg(spec) {
  const view = new View(parse(compile({ background: 'white', ...spec }).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

/** A row of small plots for time and one for memory. */
function scaleSpec() {
  const plot = (axis, field, title) => ({
    data: { values: scale.filter((point) => point.axis === axis) },
    width: 110,
    height: 110,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'value', type: 'ordinal', title: axes[axis].title, axis: { labelAngle: 0 } },
      y: { field, type: 'quantitative', title, scale: { zero: true } },
    },
  });
  const row = (field, title) => ({
    hconcat: Object.keys(axes).map((axis, i) => plot(axis, field, i === 0 ? title : '')),
  });
  return { vconcat: [row('stepMs', 'ms per step'), row('memoryMb', 'MB resident')] };
}

/** Speed relative to each other side, with 95 % intervals. */
function peerSpec({ results }) {
  const values = results.flatMap(({ workload, others }) =>
    Object.entries(others).map(([way, { ratio, interval }]) => ({
      workload,
      way: ways[way].title,
      ratio,
      low: interval[0],
      high: interval[1],
    })),
  );
  const x = { field: 'way', type: 'nominal', axis: { labels: false, ticks: false, title: '' } };
  return {
    data: { values },
    facet: { column: { field: 'workload', type: 'nominal', title: 'workload' } },
    spec: {
      width: 90,
      layer: [
        {
          mark: 'bar',
          encoding: {
            x,
            y: { field: 'ratio', type: 'quantitative', title: 'their time / ours' },
            color: { field: 'way', type: 'nominal', title: '' },
          },
        },
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
        },
        { mark: { type: 'rule', strokeDash: [4, 4] }, encoding: { y: { datum: 1 } } },
      ],
    },
  };
}

function scaleTable() {
  const rows = scale.map(({ axis, value, stepMs, memoryMb }) => [
    axes[axis].title,
    value,
    stepMs,
    Math.round(memoryMb),
  ]);
  return table(['', 'value', 'ms per step', 'MB resident'], rows);
}

function peerTable({ results }) {
  const rows = results.flatMap(({ workload, title, ours, others }) =>
    Object.entries(others).map(([way, other]) => [
      `${workload}: ${title}`,
      ways[way].title,
      Math.round(ours.imagesPerSecond),
      Math.round(other.imagesPerSecond),
      `**${other.ratio.toFixed(2)}** (${other.interval.map((bound) => bound.toFixed(2)).join(' to ')})`,
    ]),
  );
  return table(['workload', 'against', 'ours, images/s', 'theirs, images/s', 'ratio (95 %)'], rows);
}
