// The tables of docs/web.md, made of the figures in docs/web.json.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { docs, filled, table } from '../../docs/page.mjs';
import { subjectNames } from './subjects.mjs';

/** Replaces the results of the same networks in docs/web.json, and makes the page's tables from all. */
export function keep({ versions, sizes, results }) {
  const file = docs('web.json');
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { sizes: {}, results: [] };
  const kept = before.results.filter(({ network }) => sizes[network] === undefined);
  const order = (of) => subjectNames.filter((name) => of[name] !== undefined).map((name) => [name, of[name]]);
  const all = {
    versions,
    sizes: Object.fromEntries(order({ ...before.sizes, ...sizes })),
    results: subjectNames.flatMap((name) => [...kept, ...results].filter(({ network }) => network === name)),
  };
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
  const page = readFileSync(docs('web.md'), 'utf8');
  const made = Object.entries(tablesOf(all)).reduce((text, [name, content]) => filled(text, name, content), page);
  writeFileSync(docs('web.md'), made);
}

function tablesOf({ versions, sizes, results }) {
  const versionTexts = Object.entries(versions).map((pair) => pair.join(' '));
  const groups = new Map();
  for (const result of results) {
    const key = `${result.network}, ${result.runtime}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const mb = (bytes) => (bytes === 0 ? '' : (bytes / 1e6).toFixed(2));
  const [first] = Object.values(sizes);
  return {
    versions: versionTexts.join(', '),
    logits: table(
      ['network', 'runtime', 'pictures', 'pixels', 'logits', 'bound', 'same class on top'],
      [...groups.values()].map(worstOf),
    ),
    sizes: table(
      ['network', ...Object.keys(first)],
      Object.entries(sizes).map(([name, bytes]) => [name, ...Object.values(bytes).map(mb)]),
    ),
  };
}

/** The largest differences of a network in a runtime over its pictures. */
function worstOf(results) {
  const [{ network, runtime, bound }] = results;
  const most = (what) => Math.max(...results.map(what));
  return [
    ...[network, runtime, results.length, most(({ pixels }) => pixels.most)],
    ...[most(({ difference }) => difference).toExponential(1), bound.toExponential(1)],
    results.filter(({ top }) => top === 'same').length,
  ].map(String);
}
