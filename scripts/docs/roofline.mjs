#!/usr/bin/env node
// Makes the picture and the tables of docs/roofline.md; the text between them is written by hand. Run after
// `npm run build`:
//   node scripts/docs/roofline.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { spearman } from '#core/statistics/rank-correlation';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { namedNetwork } from '#networks/zoo/named-network';
import { namedAccuracy } from '#networks/zoo/published';
import { fitRoofline } from '#tasks/devices/calibration';
import { readMeasurements } from '#tasks/devices/measurements';
import { latencyInMacs, ridgeSweep } from '#tasks/devices/ridge-sweep';
import { rooflineChart } from '#tasks/report/roofline-chart';
import { rooflineTables } from '#tasks/report/roofline-tables';
import { svgOf } from '#tasks/report/svg';
import { docs, filled, table } from './page.mjs';

const int8 = { bytesPerWeight: 1, bytesPerActivation: 1 };
const names = [
  ...['mnv4-conv-s', 'mnv4-conv-m', 'mnv4-hybrid-m', 'mnv4-conv-l', 'mnv4-hybrid-l'],
  ...['mobilenet-v1', 'mobilenet-v1-1.5x', 'mobilenet-v2', 'mobilenet-v2-1.5x'],
  ...['mobilenet-v3-large', 'mobilenet-v3-large-1.5x'],
];
// Ridge points and Spearman's rho of roofline and MACs as published, arXiv:2404.10518, Table 16.
const published = {
  'pixel-6-cpu': { ridgePoint: 31.2, roofline: 0.973, macs: 0.962 },
  'galaxy-s23-cpu': { ridgePoint: 39.7, roofline: 0.962, macs: 0.94 },
  'pixel-4-dsp': { ridgePoint: 347.3, roofline: 0.962, macs: 0.758 },
  'pixel-8-edgetpu': { ridgePoint: 433.8, roofline: 0.973, macs: 0.857 },
};

const loadsOf = (network) => layersOf(network).map((layer) => layerLoad(layer, int8));
const contenders = names.map((name) => ({
  name,
  loads: loadsOf(namedNetwork(name)),
  top1: namedAccuracy(name)?.top1 ?? null,
}));
const ridgePoints = Array.from({ length: 501 }, (_, i) => i);
const sweep = ridgeSweep(contenders, ridgePoints);

writeFileSync(docs('roofline.svg'), await svgOf(rooflineChart(sweep)));
const parts = { sweep: sweepTables(), findings: findings(), fits: fits() };
const page = Object.entries(parts).reduce(
  (text, [name, content]) => filled(text, name, content),
  readFileSync(docs('roofline.md'), 'utf8'),
);
writeFileSync(docs('roofline.md'), page);

function sweepTables() {
  const titled = rooflineTables(sweep, contenders).map(({ title, rows: [head, ...rows] }) => {
    return `${title[0].toUpperCase()}${title.slice(1)}:\n\n${table(head, rows)}`;
  });
  return titled.join('\n\n');
}

/**
 * Ratios of two networks' latencies at a few ridge points, and the latency share of the head's fully connected layers.
 */
function findings() {
  const shown = [0, 5, 30, 100, 500];
  const loads = Object.fromEntries(contenders.map((contender) => [contender.name, contender.loads]));
  const ratio = (one, other) => [
    `${one} / ${other}`,
    ...shown.map((ridgePoint) =>
      (latencyInMacs(loads[one], ridgePoint) / latencyInMacs(loads[other], ridgePoint)).toFixed(2),
    ),
  ];
  const connected = (name) => loads[name].filter((load) => ['head.hidden', 'head.fc'].includes(load.name));
  const share = (name) => [
    `share of fully connected layers in ${name}`,
    ...shown.map((ridgePoint) => {
      const part = latencyInMacs(connected(name), ridgePoint) / latencyInMacs(loads[name], ridgePoint);
      return `${(100 * part).toFixed(1)} %`;
    }),
  ];
  return table(
    ['', ...shown.map((ridgePoint) => `at ${ridgePoint}`)],
    [
      ratio('mobilenet-v3-large', 'mnv4-conv-s'),
      ratio('mobilenet-v3-large-1.5x', 'mnv4-conv-m'),
      ratio('mobilenet-v1-1.5x', 'mnv4-conv-m'),
      ratio('mobilenet-v1-1.5x', 'mobilenet-v3-large-1.5x'),
      share('mobilenet-v3-large'),
      share('mnv4-conv-s'),
    ],
  );
}

/** Each device's latencies fitted in four ways, next to the published figures. */
function fits() {
  const rows = Object.entries(published).flatMap(([device, as]) => {
    const timed = readMeasurements(docs(`../configs/devices/measurements/${device}.csv`)).rows.map((row) => ({
      ...row,
      loads: loadsOf(row.network),
    }));
    const ms = timed.map((row) => row.ms);
    const macs = timed.map(({ loads }) => loads.reduce((sum, load) => sum + load.macs, 0));
    const ways = [
      ['fitted', { overhead: false }],
      ['fitted, with overhead', { overhead: true }],
      ['held', { overhead: false, ridgePoint: as.ridgePoint }],
      ['held, with overhead', { overhead: true, ridgePoint: as.ridgePoint }],
    ];
    const fitted = ways.map(([way, options]) => fitRow(device, way, fitRoofline(timed, options)));
    const counted = [device, 'MACs alone', '', '', '', '', `${spearman(ms, macs).toFixed(3)} (${as.macs})`];
    const asPublished = [device, 'as published', as.ridgePoint, '', '', '', `(${as.roofline})`];
    return [asPublished, ...fitted, counted];
  });
  return table(
    ['device', 'ridge point', 'MACs per byte', 'µs per layer', 'mean error', 'of rows left out', "Spearman's rho"],
    rows,
  );
}

function fitRow(device, way, { ridgePoint, overheadMs, spearman: rho, ...errors }) {
  const [own, others] = [errors.meanAbsolutePercentageError, errors.leaveOneOutError].map(
    (share) => `${(100 * share).toFixed(1)} %`,
  );
  return [device, way, ridgePoint.toFixed(1), (1000 * overheadMs).toFixed(1), own, others, rho.toFixed(3)];
}
