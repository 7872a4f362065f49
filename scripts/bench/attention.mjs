#!/usr/bin/env node
// What attention costs on this host: multi-head beside multi-query, keys and values of every place beside those of half
// the sides, three blocks in Conv-L and those of Hybrid-M; ONNX Runtime, float32, one image, in turns. `--write` keeps the
// figures in docs/attention.json, of which `node scripts/docs/attention.mjs` makes a table. Run after `npm run build`, on
// a machine that does nothing else:
//   node scripts/bench/attention.mjs [--threads 1] [--repeats 21] [--write]
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { openBackend } from '#networks/tensor/backend';
import { namedNetwork } from '#networks/zoo/named-network';
import { interleaved } from '#tasks/devices/interleaved';
import { networkSubject } from '#tasks/devices/network-subject';
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

/** By title: a network without attention, and the same with each kind of it. */
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

/** Conv-L with three blocks of attention at the end of a stage, or as it is. */
function withThree(stage, heads, dim, out, kind) {
  if (kind === undefined) return convL;
  const block = { ...kind, heads, keyDim: dim, valueDim: dim, stride: 1, out };
  const stages = convL.stages.map(({ blocks }, s) => ({
    blocks: s === stage ? [...blocks, block, block, block] : blocks,
  }));
  return { ...convL, stages };
}

/** Hybrid-M with that attention where it has keys and values of half the sides, or with none there. */
function hybridMWith(kind) {
  const isOpen = (block) => block.kind === 'mqa' && block.kvStride === 2;
  const changed = (block) => (isOpen(block) ? (kind ? [{ ...block, ...kind }] : []) : [block]);
  return { ...hybridM, stages: hybridM.stages.map(({ blocks }) => ({ blocks: blocks.flatMap(changed) })) };
}

openBackend({ threads: 1 });
const rows = [];
for (const [group, networks] of Object.entries(groups)) {
  const subjects = [];
  for (const [name, network] of Object.entries(networks)) subjects.push(await networkSubject(name, network, threads));
  const tell = (round) => console.error(`${group}: ${round} of ${repeats} rounds`);
  const timings = await interleaved(subjects, { repeats, warmup: 2, clock: () => performance.now(), tell });
  for (const subject of subjects) await subject.release();
  rows.push(...timings.map((timing) => cells(group, timing, timings)));
}
console.log(aligned([['network', 'ms', 'added ms', 'beside multi-head'], ...rows], new Set([1, 2, 3])).join('\n'));
const host = { processor: cpus()[0].model.trim(), threads, repeats };
if (values.write) writeFileSync(docs('attention.json'), `${JSON.stringify({ ...host, rows }, null, 2)}\n`);

/** A row: the network, its ms with their deviation, and what its attention adds, also beside multi-head attention. */
function cells(group, { name, ms, deviation }, [without, multiHead]) {
  const added = ms - without.ms;
  const time = `${ms.toFixed(2)} ± ${deviation.toFixed(2)}`;
  if (name === 'without') return [`${group}: without`, time, '', ''];
  const share = 100 * (added / (multiHead.ms - without.ms) - 1);
  const beside = name === 'multi-head' ? '' : `${share > 0 ? '+' : ''}${share.toFixed(0)} %`;
  return [`${group}: ${name}`, time, `+${added.toFixed(2)}`, beside];
}
