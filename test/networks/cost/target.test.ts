import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conform, list, record } from '#core/documents/conform';
import { locateYaml } from '#core/documents/document';
import { costTargetSchema, resolveTarget, resolveTargets, targetTable } from '#networks/cost/target';
import { readSpace } from '#networks/space/parse';
import { findDevice, findSpace } from '#networks/zoo/shipped';
import { newFolder } from '#test/data/fixtures';

const schema = record({ cost: list(costTargetSchema) });
const read = (yaml: string) => {
  const located = locateYaml('c.yaml', yaml);
  return conform(located, schema).cost.map((input, i) => resolveTarget(input, '.', { located, path: ['cost', i] }));
};

describe('a cost target', () => {
  it('is an amount, or a factor of the cost of a named network', () => {
    const targets = read(`cost:
  - { cost: macs, target: 285000000 }
  - { cost: params, relativeTo: mnv4-conv-s, beta: -0.07 }
  - { cost: macs, relativeTo: mnv4-conv-s, factor: 0.5 }
  - { cost: latency, device: reference, targetMs: 0.6 }`);
    expect(targets.map(({ name, target, beta }) => [name, target, beta])).toEqual([
      ['macs', 285_000_000, undefined],
      ['params', 3_774_024, -0.07],
      ['macs', 93_002_784, undefined],
      ['latencyMs@reference', 0.6, undefined],
    ]);
  });

  it('has a name that no other target of the config has, since results key costs by name', () => {
    const folder = newFolder();
    const device = readFileSync(findDevice('reference'), 'utf8');
    for (const where of ['a', 'b']) {
      mkdirSync(join(folder, where));
      writeFileSync(join(folder, where, 'phone.yaml'), device);
    }
    const all = (costs: string) => {
      const located = locateYaml('c.yaml', `cost: [${costs}]`);
      return resolveTargets(conform(located, schema).cost, folder, { located, path: ['cost'] });
    };
    const latency = (name: string) => `{ cost: latency, device: ${name}, targetMs: 1 }`;
    expect(all(`${latency('a/phone.yaml')}, ${latency('reference')}, { cost: macs, target: 1 }`)).toHaveLength(3);
    expect(() => all(`${latency('a/phone.yaml')}, ${latency('b/phone.yaml')}`)).toThrow(
      'c.yaml:1:87: cost[1].device: expected a cost that no other entry has; got latencyMs@phone again: rename the file of one of the devices',
    );
    expect(() => all('{ cost: macs, target: 1 }, { cost: params, target: 1 }, { cost: macs, target: 2 }')).toThrow(
      'cost[2].cost: expected a cost that no other entry has; got macs again',
    );
    const memory = (bytes: number) => `{ cost: peakMemory, target: 1, bytesPerActivation: ${bytes} }`;
    expect(() => all(`${memory(1)}, ${memory(2)}`)).toThrow('got peakMemory again');
  });

  it('is compared with costs from one table', () => {
    const targets = read('cost:\n  - { cost: macs, target: 1 }\n  - { cost: params, target: 1 }');
    expect([...targetTable(readSpace(findSpace('mnv4-conv-s')), targets).evaluate([])]).toEqual([
      186_005_568, 3_774_024,
    ]);
  });

  it.each([
    [
      '{ cost: latency, device: reference, targetMs: fast }',
      '1:56: cost[0].targetMs: expected a number of ms from 1e-6 to 1e18; got fast',
    ],
    ['{ cost: latency, targetMs: 1 }', '1:10: cost[0].device: missing; expected the name or the file of a device'],
    ['{ cost: flops, target: 1 }', '1:18: cost[0].cost: expected one of macs, params, latency, peakMemory; got flops'],
    [
      '{ cost: macs, target: 1, factor: 2 }',
      '1:10: cost[0]: expected a factor only with relativeTo; got {"cost":"macs","target":1,"factor":2}',
    ],
    ['{ cost: macs }', '1:10: cost[0]: expected either a target or relativeTo; got {"cost":"macs"}'],
    ['{ cost: macs, taget: 1 }', '1:24: cost[0].taget: unknown key; did you mean target?'],
    ['{ cost: macs, target: 1, beta: 0.1 }', '1:41: cost[0].beta: expected a number from -1e6 to 0; got 0.1'],
  ])('%s is refused', (target, message) => {
    expect(() => read(`cost: [  ${target}]`)).toThrow(`c.yaml:${message}`);
  });

  it('locates a device or network that does not exist', () => {
    expect(() => read('cost: [{ cost: latency, device: pixel-6, targetMs: 1 }]')).toThrow(
      /^c.yaml:1:33: cost\[0\].device: expected a device: /,
    );
    expect(() => read('cost: [{ cost: macs, relativeTo: mnv4 }]')).toThrow(
      /^c.yaml:1:34: cost\[0\].relativeTo: expected a network/,
    );
  });
});
