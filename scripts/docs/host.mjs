#!/usr/bin/env node
// Makes the tables of docs/host.md; the text between them is written by hand. Run after `npm run build`:
//   node scripts/docs/host.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { spearman } from '#core/statistics/rank-correlation';
import { meanOf } from '#core/statistics/scoring';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { ridgePoint } from '#networks/cost/roofline';
import { namedNetwork } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';
import { fitRoofline } from '#tasks/devices/calibration';
import { readMeasurements } from '#tasks/devices/measurements';
import { docs, filled, table } from './page.mjs';

const device = readDevice(findDevice('host-zen3-1-thread'));
const rowsOf = (name) => {
  const file = docs(`../configs/devices/measurements/${device.name}/${name}.csv`);
  return readMeasurements(file).rows.map((row) => ({ ...row, predictedMs: latencyMs(row.network, device) }));
};

const precisions = ['float32', 'int8'];
const parts = {
  drawn: drawnTable(rowsOf('rows')),
  zoo: zooTable(rowsOf('zoo')),
  litert: litertTable(),
  'litert-zoo': litertZooTable(),
  layers: layersTable(),
};
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
    return [name, ms.toFixed(1), predictedMs.toFixed(1), signed(predictedMs / ms - 1)];
  });
  const rho = spearman(
    rows.map(({ ms }) => ms),
    rows.map(({ predictedMs }) => predictedMs),
  );
  const off = rows.reduce((sum, { ms, predictedMs }) => sum + Math.abs(predictedMs / ms - 1), 0) / rows.length;
  const summary = `Spearman's rho ${rho.toFixed(3)}, mean absolute percentage error ${percent(off)}.`;
  return `${table(['network', 'measured ms', 'predicted ms', 'off by'], cells)}\n\n${summary}`;
}

/** The rooflines of a host in LiteRT, next to each other. */
function litertTable() {
  const columns = precisions.map((precision) => {
    const roofline = readDevice(findDevice(`host-xeon-${precision}`));
    const { rows } = readMeasurements(docs(`../configs/devices/measurements/host-xeon/${precision}.csv`));
    const ms = rows.map((row) => row.ms);
    const { fit, peakMacsPerMs, peakBytesPerMs, overheadMs } = roofline;
    return [
      rows.length,
      `${Math.min(...ms).toFixed(1)} to ${Math.max(...ms).toFixed(1)} ms`,
      fit.spearman.toFixed(3),
      percent(fit.meanAbsolutePercentageError),
      percent(fit.leaveOneOutError),
      `${ridgePoint(roofline).toFixed(1)} MACs per byte`,
      `${(peakMacsPerMs / 1e6).toFixed(0)} GMACs and ${(peakBytesPerMs / 1e6).toFixed(1)} GB per s`,
      `${(1000 * overheadMs).toFixed(1)} µs`,
    ];
  });
  const titles = [
    ...['architectures', 'measured', "Spearman's rho", 'mean absolute percentage error', 'the same, each left out'],
    ...['ridge point', 'peak', 'overhead of a layer'],
  ];
  return table(
    ['', ...precisions],
    titles.map((title, i) => [title, ...columns.map((column) => column[i])]),
  );
}

/** The zoo as measured by bench:litert on one thread, and as the rooflines predict it. */
function litertZooTable() {
  const { results } = JSON.parse(readFileSync(docs('litert-latency.json'), 'utf8'));
  const offs = precisions.map(() => []);
  const cells = results.map((result) => {
    const name = `${result.network}@${result.resolution}`;
    const each = precisions.flatMap((precision, p) => {
      const { ms } = result[precision].threads[1];
      const predictedMs = latencyMs(namedNetwork(name), readDevice(findDevice(`host-xeon-${precision}`)));
      offs[p].push(Math.abs(predictedMs / ms - 1));
      return [ms.toFixed(1), predictedMs.toFixed(1), signed(predictedMs / ms - 1)];
    });
    return [name, ...each];
  });
  const means = precisions.map((precision, p) => `${percent(meanOf(offs[p]))} in ${precision}`);
  const head = ['network', ...precisions.flatMap((precision) => [`${precision} ms`, 'predicted', 'off by'])];
  return `${table(head, cells)}\n\nMean absolute percentage error ${means.join(', ')}.`;
}

/** Tables of layers against rooflines fitted to the same rows, on architectures that neither has seen. */
function layersTable() {
  const folder = '../configs/devices/measurements/host-xeon';
  const rows = precisions.map((precision) => {
    const bytes = precision === 'int8' ? 1 : 4;
    const byValue = { bytesPerWeight: bytes, bytesPerActivation: bytes };
    const seen = readMeasurements(docs(`${folder}/cifar-seen/${precision}.csv`)).rows;
    const timed = seen.map(({ network, ...row }) => ({
      ...row,
      loads: layersOf(network).map((layer) => layerLoad(layer, byValue)),
    }));
    const fit = fitRoofline(timed, { overhead: true });
    const devices = [
      readDevice(findDevice(`host-xeon-${precision}-cifar`)),
      { kind: 'roofline', name: 'fitted', ...fit, ...byValue },
    ];
    const unseen = readMeasurements(docs(`${folder}/cifar-unseen/${precision}.csv`)).rows;
    const ms = unseen.map((row) => row.ms);
    const cells = devices.flatMap((one) => {
      const predicted = unseen.map(({ network }) => latencyMs(network, one));
      const off = meanOf(predicted.map((value, i) => Math.abs(value / ms[i] - 1)));
      return [
        percent(off),
        signed(meanOf(predicted.map((value, i) => value / ms[i] - 1))),
        spearman(ms, predicted).toFixed(3),
      ];
    });
    return [
      precision,
      seen.length,
      unseen.length,
      `${Math.min(...ms).toFixed(2)} to ${Math.max(...ms).toFixed(2)}`,
      ...cells,
    ];
  });
  const columns = ['error', 'bias', 'rho'];
  const head = [
    '',
    'seen',
    'unseen',
    'ms of these',
    ...columns.map((c) => `table: ${c}`),
    ...columns.map((c) => `roofline: ${c}`),
  ];
  return table(head, rows);
}

function signed(share) {
  return `${share > 0 ? '+' : ''}${percent(share)}`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
