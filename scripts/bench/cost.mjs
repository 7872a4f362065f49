// Measures how many architectures per second the cost table evaluates: MACs, parameters and two latencies each.
// Run after `npm run build`: node scripts/bench/cost.mjs [SPACE]
import { costTable } from '#networks/cost/cost-table';
import { readDevice } from '#networks/cost/device';
import { readSpace } from '#networks/space/parse';
import { findDevice, findSpace } from '#networks/zoo/shipped';

const spaces = process.argv.length > 2 ? process.argv.slice(2) : ['mnv4-conv-m.coarse', 'mnv4-conv-m.one-stage'];
const devices = ['pixel-6-cpu', 'pixel-8-edgetpu'].map((name) => readDevice(findDevice(name)));
const costs = [{ cost: 'macs' }, { cost: 'params' }, ...devices.map((device) => ({ cost: 'latency', device }))];

for (const name of spaces) {
  const space = readSpace(findSpace(name));
  const start = performance.now();
  const table = costTable(space, costs);
  const buildMs = performance.now() - start;
  const drawn = Array.from({ length: 1000 }, () =>
    space.choices.map(({ options }) => Math.floor(Math.random() * options.length)),
  );
  const out = new Float64Array(costs.length);
  const evaluateAll = () => {
    for (const decisions of drawn) table.evaluate(decisions, out);
  };
  for (let i = 0; i < 50; i++) evaluateAll(); // warm up the compiler
  const rounds = 500;
  const from = performance.now();
  for (let i = 0; i < rounds; i++) evaluateAll();
  const perSecond = (rounds * drawn.length * 1000) / (performance.now() - from);
  const rate = Math.round(perSecond).toLocaleString('en-US');
  console.log(
    `${space.name}: ${rate} architectures/s, ${costs.length} costs each; table made in ${buildMs.toFixed(0)} ms`,
  );
}
