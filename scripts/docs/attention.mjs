#!/usr/bin/env node
// Makes the tables of docs/attention.md; the text between them is written by hand. Run after `npm run build`:
//   node scripts/docs/attention.mjs
// The measurements of scripts/bench/attention.mjs are in docs/attention.json.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layersOf } from '#networks/cost/layers/layers-of';
import { namedNetwork } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';
import { docs, filled, table } from './page.mjs';

const devices = ['pixel-6-cpu', 'pixel-8-edgetpu'];
const base = namedNetwork('mnv4-conv-l');

/** Places in Conv-L where three blocks are added, with the heads that Hybrid-L has there. */
const places = [
  { title: 'last stage, 12 x 12 x 512', stage: 4, heads: 8, dim: 64, out: 512 },
  { title: 'stage before it, 24 x 24 x 192', stage: 3, heads: 8, dim: 48, out: 192 },
];
const kinds = [
  { title: 'multi-head', kind: 'mha', kvStride: 1 },
  { title: 'MQA', kind: 'mqa', kvStride: 1 },
  { title: 'MQA, keys and values of half the sides', kind: 'mqa', kvStride: 2 },
];

function withThree({ stage, heads, dim, out }, { kind, kvStride }) {
  const block = { kind, heads, keyDim: dim, valueDim: dim, kvStride, stride: 1, out };
  const stages = base.stages.map(({ blocks }, s) => ({
    blocks: s === stage ? [...blocks, block, block, block] : blocks,
  }));
  return { ...base, stages };
}

/** Parameters, MACs and ms on each device, minus the base's. */
function added(network) {
  const sum = (of, field) => layersOf(of).reduce((total, layer) => total + layer[field], 0);
  const counts = ['params', 'macs'].map((field) => sum(network, field) - sum(base, field));
  const ms = devices.map((name) => {
    const device = readDevice(findDevice(name));
    return latencyMs(network, device) - latencyMs(base, device);
  });
  return [...counts, ...ms];
}

function costTable() {
  const rows = places.flatMap((place) => {
    const costs = kinds.map((kind) => added(withThree(place, kind)));
    return kinds.map(({ title }, k) => {
      const cells = costs[k].map((value, i) => {
        const text = i < 2 ? value.toLocaleString('en-US') : value.toPrecision(3);
        return k === 0 ? text : `${text} (${percent(value / costs[0][i] - 1)})`;
      });
      return [place.title, title, ...cells];
    });
  });
  return table(['added to', 'three blocks of', 'parameters', 'MACs', ...devices.map((name) => `ms, ${name}`)], rows);
}

function percent(share) {
  return `${share > 0 ? '+' : '-'}${(100 * Math.abs(share)).toFixed(1)} %`;
}

let page = filled(readFileSync(docs('attention.md'), 'utf8'), 'cost', costTable());
if (existsSync(docs('attention.json'))) page = filled(page, 'measured', measuredTable());
writeFileSync(docs('attention.md'), page);

function measuredTable() {
  const { rows } = JSON.parse(readFileSync(docs('attention.json'), 'utf8'));
  return table(['network', 'ms', 'added ms', 'against multi-head'], rows);
}
