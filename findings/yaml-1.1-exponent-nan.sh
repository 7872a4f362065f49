#!/usr/bin/env bash
# The package `yaml` reads words such as e0, E5 and .e1 as NaN in YAML 1.1.
#
# Guess: in YAML 1.1, too, a word without a digit before its exponent is text, as PyYAML reads it; the specification's float
#   needs a point.
# Truth: the package's test for floats lets the digits before the exponent be missing, and its conversion then gives NaN.
#   In YAML 1.2, its default, the same words are text. When it writes for YAML 1.1 readers it puts e0 in quotes, but leaves
#   0o_7 bare.
# Hurts: whoever reads files of the Kubernetes or Ansible world with `version: '1.1'`: a node, a user or the first digits of a
#   hash named e7 becomes NaN, which JSON then turns into null.
# Ours: reads YAML 1.2 only; `job k8s` puts every text in quotes that is not plainly a word.
# Seen 2026-11-28: yaml 2.9.1, PyYAML 6.0.3, Node 20.20.2.
source "$(dirname "$0")/place.bash"

node_with yaml@2.9.1
python_with pyyaml==6.0.3
python <<'PY'
import yaml
print('PyYAML', yaml.__version__)
for text in ('e0', 'E5', '.e1', 'x: e7'):
    print(f'  {text}: {yaml.safe_load(text)!r}')
assert [yaml.safe_load(text) for text in ('e0', 'E5', '.e1')] == ['e0', 'E5', '.e1']
PY
module <<'JS'
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

console.log('yaml', JSON.parse(readFileSync('node_modules/yaml/package.json')).version);
for (const text of ['e0', 'E5', '.e1', 'x: e7']) console.log(`  ${text}:`, parse(text, { version: '1.1' }), 'or in 1.2', parse(text));
for (const text of ['e0', 'E5', '.e1']) {
  assert(Number.isNaN(parse(text, { version: '1.1' })));
  assert.equal(parse(text), text);
}
assert.equal(JSON.stringify(parse('{ node: e7 }', { version: '1.1' })), '{"node":null}');
assert.equal(stringify('0o_7', { compat: 'yaml-1.1' }), '0o_7\n');
JS
echo 'as found: words become NaN'
