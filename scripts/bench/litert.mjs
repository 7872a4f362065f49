#!/usr/bin/env node
// Measures the zoo in LiteRT on this host: size of the file and latency of one image, float32 and int8, with 1 and 2
// threads, all networks in turns, and how many operators XNNPACK executes. Run after `npm run litert:install`, on an
// otherwise idle machine:
//   npm run bench:litert -- [--networks mnv4-conv-s,mobilenet-v2] [--threads 1,2] [--repeats 21] [--write]
// `--write` saves the figures in docs/litert-latency.json, keeps those of networks not measured now, and makes the table
// of docs/litert.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { openBackend } from '#networks/tensor/backend';
import { namedNetwork } from '#networks/zoo/named-network';
import { interleaved } from '#tasks/devices/interleaved';
import { floatLitertModel, int8LitertModel, litertRuntime } from '#tasks/devices/litert-subject';
import { docs, filled, table } from '../docs/page.mjs';

const zoo = [
  ...['mnv4-conv-s', 'mnv4-conv-m', 'mnv4-hybrid-m', 'mnv4-conv-l', 'mnv4-hybrid-l'],
  ...['mobilenet-v1', 'mobilenet-v2', 'mobilenet-v3-large'],
];
const models = { float32: floatLitertModel, int8: int8LitertModel };
const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: zoo.join(',') },
    threads: { type: 'string', default: '1,2' },
    repeats: { type: 'string', default: '21' },
    write: { type: 'boolean', default: false },
  },
});
const chosen = values.networks.split(',');
const threadCounts = values.threads.split(',').map(Number);
const repeats = Number(values.repeats);

openBackend({ threads: 1 });
const runtimes = [];
const subjects = [];
try {
  await openAll();
  const tell = (round) => console.error(`litert: ${round} of ${repeats} rounds`);
  const timings = await interleaved(subjects, { repeats, warmup: 2, tell });
  const results = chosen.map((name) => ({ network: name, ...resultsOf(name, timings) }));
  console.log(aligned([head(), ...results.map(row)], new Set(head().keys())).join('\n'));
  if (values.write) keep(results);
} finally {
  for (const runtime of runtimes) await runtime.close();
}

/** Opens each network in each precision, written once, with each number of threads. */
async function openAll() {
  for (const [precision, modelOf] of Object.entries(models)) {
    const files = new Map();
    const once = (exported) => {
      const { name } = exported.network;
      if (!files.has(name)) files.set(name, modelOf(exported));
      return files.get(name);
    };
    const opened = threadCounts.map((threads) => ({ threads, runtime: litertRuntime(threads, once) }));
    runtimes.push(...opened.map(({ runtime }) => runtime));
    for (const name of chosen) {
      const network = namedNetwork(name);
      console.error(`litert: ${name} in ${precision}`);
      for (const { threads, runtime } of opened) {
        const bytes = () => files.get(network.name).reduce((sum, part) => sum + part.length, 0);
        subjects.push({ ...(await runtime.open(name, network)), precision, threads, bytes: bytes() });
      }
    }
  }
}

/** By precision: size, operators in XNNPACK, and by number of threads the median in ms with its interval. */
function resultsOf(name, timings) {
  const of = (precision) => {
    const own = subjects.flatMap((subject, s) =>
      subject.name === name && subject.precision === precision ? [{ ...subject, ...timings[s] }] : [],
    );
    const [{ bytes, delegated }] = own;
    const ms = own.map(({ threads, ms, interval, interrupted }) => [threads, { ms, interval, interrupted }]);
    return { bytes, delegated, threads: Object.fromEntries(ms) };
  };
  return { resolution: namedNetwork(name).input.resolution, float32: of('float32'), int8: of('int8') };
}

function head() {
  const latencies = threadCounts.map((n) => `float32 ms, ${n} thread${n > 1 ? 's' : ''}`);
  const int8 = latencies.map((title) => title.replace('float32', 'int8'));
  return ['network', 'MB float32', 'int8', 'in XNNPACK float32', 'int8', ...latencies, ...int8, 'int8 faster by'];
}

function row({ network, resolution, float32, int8 }) {
  const megabytes = ({ bytes }) => (bytes / 1e6).toFixed(1);
  const share = ({ delegated: { ops, of } }) => `${ops} of ${of}`;
  const latencies = ({ threads }) => threadCounts.map((n) => latency(threads[n]));
  const faster = threadCounts.map((n) => (float32.threads[n].ms / int8.threads[n].ms).toFixed(2));
  const sizes = [megabytes(float32), megabytes(int8), share(float32), share(int8)];
  return [`${network}@${resolution}`, ...sizes, ...latencies(float32), ...latencies(int8), faster.join(', ')];
}

function latency({ ms, interval }) {
  const digits = ms < 10 ? 2 : 1;
  const range = interval === null ? '' : ` (${interval.map((end) => end.toFixed(digits)).join(' to ')})`;
  return `${ms.toFixed(digits)}${range}`;
}

/** Replaces the results of the same networks in docs/litert-latency.json, and makes the page's table from all. */
function keep(results) {
  const file = docs('litert-latency.json');
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
  const kept = before.filter(({ network }) => !chosen.includes(network));
  const all = zoo.flatMap((name) => [...kept, ...results].filter(({ network }) => network === name));
  const host = { processor: cpus()[0].model.trim(), runtime: subjects[0].runtime, threads: threadCounts, repeats };
  writeFileSync(file, `${JSON.stringify({ ...host, results: all }, null, 2)}\n`);
  const undisturbed = all.flatMap(({ float32, int8 }) =>
    [float32, int8].flatMap(({ threads }) => Object.values(threads)),
  );
  const interrupted = undisturbed.reduce((sum, one) => sum + one.interrupted, 0);
  const note =
    interrupted === 0
      ? ''
      : ` Other programs ran: ${interrupted} of ${undisturbed.length * repeats} turns were always interrupted and count with their time on the processor or, with several threads, by the clock.`;
  const about = `${host.processor}, ${host.runtime}, medians of ${repeats} turns with 95 % intervals.${note}`;
  const page = readFileSync(docs('litert.md'), 'utf8');
  writeFileSync(docs('litert.md'), filled(page, 'latency', `${about}\n\n${table(head(), all.map(row))}`));
}
