#!/usr/bin/env node
// Makes the tables of docs/host.md; the text between them is written by hand. Run after `npm run build`:
//   node scripts/docs/host.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { spearman } from '#core/statistics/rank-correlation';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layersOf } from '#networks/cost/layers/layers-of';
import { ridgePoint } from '#networks/cost/roofline';
import { findDevice } from '#networks/zoo/shipped';
import { readMeasurements } from '#tasks/devices/measurements';
import { docs, filled, table } from './page.mjs';

const device = readDevice(findDevice('host-zen3-1-thread'));
const rowsOf = (name) => {
  const file = docs(`../configs/devices/measurements/${device.name}/${name}.csv`);
  return readMeasurements(file).rows.map((row) => ({ ...row, predictedMs: latencyMs(row.network, device) }));
};

const parts = { drawn: drawnTable(rowsOf('rows')), zoo: zooTable(rowsOf('zoo')) };
const page = Object.entries(parts).reduce(
  (text, [name, content]) => filled(text, name, content),
  readFileSync(docs('host.md'), 'utf8'),
);
writeFileSync(docs('host.md'), page);

function drawnTable(rows) {
  const ms = rows.map((row) => row.ms);
  const predicted = rows.map(({ predictedMs }) => predictedMs);
  const macs = rows.map(({ network }) => layersOf(network).reduce((sum, layer) => sum + layer.macs, 0));
  return table(
    ['', ''],
    [
      ['architectures', rows.length],
      ['measured', `${Math.min(...ms).toFixed(1)} to ${Math.max(...ms).toFixed(1)} ms`],
      ["Spearman's rho, predicted and measured", `**${spearman(ms, predicted).toFixed(3)}**`],
      ["Spearman's rho, MACs and measured", spearman(ms, macs).toFixed(3)],
      ['mean absolute percentage error', percent(device.fit.meanAbsolutePercentageError)],
      ['the same, each left out', percent(device.fit.leaveOneOutError)],
      ['ridge point', `${ridgePoint(device).toFixed(1)} MACs per byte`],
      [
        'peak',
        `${(device.peakMacsPerMs / 1e6).toFixed(1)} GMACs and ${(device.peakBytesPerMs / 1e6).toFixed(1)} GB per s`,
      ],
    ],
  );
}

function zooTable(rows) {
  const cells = rows.map(({ name, ms, predictedMs }) => {
    const off = predictedMs / ms - 1;
    return [name, ms.toFixed(1), predictedMs.toFixed(1), `${off > 0 ? '+' : ''}${percent(off)}`];
  });
  const rho = spearman(
    rows.map(({ ms }) => ms),
    rows.map(({ predictedMs }) => predictedMs),
  );
  const off = rows.reduce((sum, { ms, predictedMs }) => sum + Math.abs(predictedMs / ms - 1), 0) / rows.length;
  const summary = `Spearman's rho ${rho.toFixed(3)}, mean absolute percentage error ${percent(off)}.`;
  return `${table(['network', 'measured ms', 'predicted ms', 'off by'], cells)}\n\n${summary}`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
