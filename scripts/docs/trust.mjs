#!/usr/bin/env node
// Makes the simulated tables of docs/trust.md; the text between them is written by hand. Run after `npm run build`:
//   node scripts/docs/trust.mjs [targets|penalty|travel]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomStream } from '#core/random';
import { meanOf, medianOf } from '#core/statistics/scoring';
import { close } from '#networks/space/space';
import { readSearchConfig } from '#tasks/search/config/config';
import { defaultShares, schedule } from '#tasks/search/controller/schedule';
import { planCoarse, planFine, standInFor } from '#tasks/search/plan';
import { rehearse, shortened } from '#tasks/search/rehearsal';
import { normalEffects, tableSearch } from '../rehearsal/table-search.mjs';
import { docs, filled, table } from './page.mjs';

const makers = { targets, penalty, travel };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(makers);
for (const name of wanted) {
  const content = await makers[name]();
  writeFileSync(docs('trust.md'), filled(readFileSync(docs('trust.md'), 'utf8'), name, content));
}

/** Distances of each shipped config's winners from their targets. */
async function targets() {
  const folder = docs('../configs');
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const rows = [];
  for (const name of names) {
    const config = readSearchConfig(`${folder}/${name}`);
    const { settings, targets: held } = planCoarse(config).task;
    const [steps, seeds] = settings.samplesPerStep > 2 ? [500, 20] : [1500, 100];
    const found = await distances(config, steps, seeds);
    for (const stage of ['coarse', 'fine']) {
      for (const [c, cost] of held.entries()) {
        const off = found.map((seed) => seed[stage][c]);
        rows.push([name.replace('.yaml', ''), stage, cost.name, cost.target.toLocaleString('en-US'), ...offCells(off)]);
      }
    }
  }
  return table(['config', 'stage', 'cost', 'target', 'median', 'least', 'most', 'within 5 %', 'within 10 %'], rows);
}

/** Relative distance of each cost from its target, per seed and stage. */
async function distances(config, steps, seeds) {
  const coarse = planCoarse(config).task;
  const off = ({ costs }) => costs.map(({ value, target }) => value / target - 1);
  const found = [];
  for (let seed = 0; seed < seeds; seed++) {
    const first = await rehearse(shortened(coarse, steps), `${seed}/coarse`);
    const fine = planFine(config, close(coarse.space, first.decisions)).task;
    const second = await rehearse(shortened(fine, steps), `${seed}/fine`);
    found.push({ coarse: off(first), fine: off(second) });
  }
  return found;
}

function offCells(off) {
  const percent = (share) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`;
  const within = (tolerance) => `${off.filter((share) => Math.abs(share) <= tolerance).length} of ${off.length}`;
  return [percent(medianOf(off)), percent(Math.min(...off)), percent(Math.max(...off)), within(0.05), within(0.1)];
}

/** Effect of a heavier penalty on the quickstart's two stages; the fine stage always refines the same network. */
async function penalty() {
  const config = readSearchConfig(docs('../configs/quickstart.yaml'));
  const coarse = planCoarse(config).task;
  const fine = planFine(config, standInFor(coarse)).task;
  const rows = [];
  for (const beta of [-0.1, -0.2, -0.3, -0.5, -1, -2]) {
    const cells = [];
    for (const plan of [coarse, fine]) cells.push(...(await underPenalty(plan, beta, 100)));
    rows.push([beta, ...cells]);
  }
  return table(['beta', 'coarse: within 5 %', 'cost', 'quality', 'fine: within 5 %', 'cost', 'quality'], rows);
}

async function underPenalty(plan, beta, seeds) {
  const targets = plan.targets.map((target) => ({ ...target, beta }));
  const [off, quality] = [[], []];
  for (let seed = 0; seed < seeds; seed++) {
    const { costs, decisions, qualityOf } = await rehearse({ ...plan, targets }, `${seed}/${plan.stage}`);
    off.push(costs[0].value / costs[0].target - 1);
    quality.push(qualityOf(decisions));
  }
  const [median, , , within] = offCells(off);
  return [within, median, meanOf(quality).toFixed(4)];
}

/** Share of the possible gain that a search finds, and its final entropy, by the travel of the controller's logits. */
function travel() {
  const [lengths, seeds] = [[400, 1500, 8000], 40];
  const rows = [5, 10, 20, 40, 60, 100, 200].map((far) => {
    const cells = lengths.map((steps) => {
      const plan = schedule({ ...defaultShares, steps, rate: { logitTravel: far } });
      const found = Array.from({ length: seeds }, (_, seed) =>
        tableSearch(normalEffects(16, 4, randomStream(`${seed}/effects`)), plan, 0.014, seed),
      );
      const share = meanOf(found.map((one) => one.share));
      const entropy = meanOf(found.map((one) => one.entropy));
      const most = found.filter((one) => one.share >= 0.95).length;
      return `${(100 * share).toFixed(1)} % (${most} of ${seeds}), ${entropy.toFixed(2)}`;
    });
    return [far, ...cells];
  });
  return table(['travel', ...lengths.map((steps) => `${steps.toLocaleString('en-US')} steps`)], rows);
}
