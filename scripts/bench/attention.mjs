#!/usr/bin/env node
// Measures the cost of attention on this host: multi-head against multi-query, full-resolution keys and values against
// those of half the sides, for three blocks in Conv-L and for those of Hybrid-M; ONNX Runtime, float32, one image,
// interleaved. `--write` saves the figures in docs/attention.json, from which `node scripts/docs/attention.mjs` makes a
// table. Run after `npm run build`, on an otherwise idle machine:
//   node scripts/bench/attention.mjs [--threads 1] [--repeats 21] [--write]
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { openBackend } from '#networks/tensor/backend';
import { namedNetwork } from '#networks/zoo/named-network';
import { interleaved } from '#tasks/devices/interleaved';
import { openRuntime } from '#tasks/devices/timed-runtime';
import { docs } from '../docs/page.mjs';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    repeats: { type: 'string', default: '21' },
    write: { type: 'boolean', default: false },
  },
});
const [threads, repeats] = [Number(values.threads), Number(values.repeats)];

const convL = namedNetwork('mnv4-conv-l');
const hybridM = namedNetwork('mnv4-hybrid-m');
const kinds = {
  'multi-head': { kind: 'mha', kvStride: 1 },
  MQA: { kind: 'mqa', kvStride: 1 },
  'MQA, keys and values of half the sides': { kind: 'mqa', kvStride: 2 },
};

/** Networks by title: one without attention, and the same with each kind of attention. */
const groups = {
  'Conv-L at 384, three blocks in its last stage': variants((kind) => withThree(4, 8, 64, 512, kind)),
  'Conv-L at 384, three blocks in the stage before it': variants((kind) => withThree(3, 8, 48, 192, kind)),
  'Hybrid-M at 256, its four blocks at 16x16': variants((kind) => hybridMWith(kind)),
};

function variants(of) {
  return {
    without: of(undefined),
    ...Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, of(kind)])),
  };
}

/** Conv-L with three attention blocks at the end of a stage, or unchanged without a kind. */
function withThree(stage, heads, dim, out, kind) {
  if (kind === undefined) return convL;
  const block = { ...kind, heads, keyDim: dim, valueDim: dim, stride: 1, out };
  const stages = convL.stages.map(({ blocks }, s) => ({
    blocks: s === stage ? [...blocks, block, block, block] : blocks,
  }));
  return { ...convL, stages };
}

/**
 * Hybrid-M with that kind of attention in place of its blocks with keys and values of half the sides, or without them.
 */
function hybridMWith(kind) {
  const isOpen = (block) => block.kind === 'mqa' && block.kvStride === 2;
  const changed = (block) => (isOpen(block) ? (kind ? [{ ...block, ...kind }] : []) : [block]);
  return { ...hybridM, stages: hybridM.stages.map(({ blocks }) => ({ blocks: blocks.flatMap(changed) })) };
}

openBackend({ threads: 1 });
const rows = [];
for (const [group, networks] of Object.entries(groups)) {
  const runtime = openRuntime('onnx', 'float32', threads);
  const subjects = [];
  for (const [name, network] of Object.entries(networks)) subjects.push(await runtime.open(name, network));
  const tell = (round) => console.error(`${group}: ${round} of ${repeats} rounds`);
  const timings = await interleaved(subjects, { repeats, warmup: 2, tell });
  await runtime.close();
  rows.push(...timings.map((timing) => cells(group, timing, timings)));
}
console.log(aligned([['network', 'ms', 'added ms', 'against multi-head'], ...rows], new Set([1, 2, 3])).join('\n'));
const host = { processor: cpus()[0].model.trim(), threads, repeats };
if (values.write) writeFileSync(docs('attention.json'), `${JSON.stringify({ ...host, rows }, null, 2)}\n`);

/** A row: the network, its ms with deviation, the ms that attention adds, and these against multi-head attention. */
function cells(group, { name, ms, deviation }, [without, multiHead]) {
  const added = ms - without.ms;
  const time = `${ms.toFixed(2)} ± ${deviation.toFixed(2)}`;
  if (name === 'without') return [`${group}: without`, time, '', ''];
  const share = 100 * (added / (multiHead.ms - without.ms) - 1);
  const beside = name === 'multi-head' ? '' : `${share > 0 ? '+' : ''}${share.toFixed(0)} %`;
  return [`${group}: ${name}`, time, `+${added.toFixed(2)}`, beside];
}
