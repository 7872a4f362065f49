#!/usr/bin/env bash
# seedrandom's xorshift7 gives one stream for nearly all seeds that are text.
#
# Guess: each of the package's seven generators turns different seeds into different streams.
# Truth: xorshift7 ignores a seed of fewer than eight characters entirely ('a', 'b', '42', '43' are one stream), and of a
#   longer one the first seven characters; whole numbers work. Fractions are taken as text, so .1 and .2 are one stream too.
#   1,000 seeds `seed-0` to `seed-999` give 11 streams, and `0/weights of the net` to `999/...` give 3.
# Hurts: named streams such as `1/weights` and `2/weights`: five seeds of a search are then five copies of one run, which
#   looks like perfect reproducibility. The package's five other named generators, checked here too, do not do this.
# Ours: uses the package's default generator; its streams are named `seed/purpose`.
# Seen 2026-11-28: seedrandom 3.0.5, Node 20.20.2.
source "$(dirname "$0")/place.bash"

node_with seedrandom@3.0.5
module <<'JS'
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import seedrandom from 'seedrandom';

console.log('seedrandom', JSON.parse(readFileSync('node_modules/seedrandom/package.json')).version);
const first = (generator, seed) => { const random = generator(seed); return [random(), random(), random()].join(); };
const streams = (generator, seeds) => new Set(seeds.map((seed) => first(generator, seed))).size;
const count = [...Array(1000).keys()];
const sets = {
  'seed-0 ... seed-999': count.map((i) => `seed-${i}`),
  '0/weights of the net ... 999/...': count.map((i) => `${i}/weights of the net`),
  "'0' ... '999'": count.map(String),
  '0.0005 ... 0.9995': count.map((i) => (i + 0.5) / 1000),
  '0 ... 999': count,
};
for (const name of ['alea', 'xor128', 'tychei', 'xorwow', 'xor4096', 'xorshift7']) {
  const found = Object.values(sets).map((seeds) => streams(seedrandom[name], seeds));
  console.log(name.padEnd(10), Object.keys(sets).map((set, i) => `${set}: ${found[i]}`).join('   '));
  if (name === 'xorshift7') assert.deepStrictEqual(found, [11, 3, 1, 1, 1000]);
  else assert.ok(found.every((n) => n === 1000));
}
assert.strictEqual(first(seedrandom.xorshift7, 'run-1 of the study'), first(seedrandom.xorshift7, 'run-2 of the study'));
JS
echo 'as found: 1,000 names of seeds, and at most 11 streams'
