/** Several costs at once through the program's commands: met if they are compatible, reported as missed if not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { costOf } from '#networks/cost/cost';
import { type CostTargetInput, costTargetSchema, resolveTarget } from '#networks/cost/target';
import { readSpace } from '#networks/space/parse';
import { close, type Space } from '#networks/space/space';
import { inProcess } from '#test/cli/in-process';
import { smallWorld } from '#test/tasks/search/small-world';

let world: string;
let space: Space;

beforeAll(async () => {
  world = await smallWorld();
  space = readSpace(join(world, 'small.coarse.yaml'));
});

const macs = { cost: 'macs' };
const pixel = { cost: 'latency', device: 'pixel-6-cpu' };
const tpu = { cost: 'latency', device: 'pixel-8-edgetpu' };

/** Returns a cost whose target is the cost of the architecture of these decisions. */
function heldTo(cost: { cost: string }, decisions: readonly number[]) {
  const key = cost.cost === 'latency' ? 'targetMs' : 'target';
  const any = costTargetSchema.parse({ ...cost, [key]: 1 }) as CostTargetInput;
  return { ...cost, [key]: costOf(resolveTarget(any).spec, close(space, decisions)), beta: -1 };
}

/** Runs `mnv4-nas coarse --strict-target` for 200 steps and returns its end and its `result.json`. */
async function searched(id: string, ...costs: object[]) {
  const settings = [`cost=${JSON.stringify(costs)}`, 'search.steps=200', 'search.controller.logitTravel=60'];
  const sets = settings.flatMap((set) => ['--set', set]);
  const args = ['coarse', 'small.yaml', '--run-id', id, '--threads', '1', '--strict-target', ...sets];
  const { status, stderr } = await inProcess(args, { cwd: world });
  return { status, stderr, result: JSON.parse(readFileSync(join(world, 'runs', id, 'result.json'), 'utf8')) };
}

describe('a search with two cost targets', { timeout: 120_000 }, () => {
  const middle = [1, 1]; // 12 channels, both blocks

  it.each([
    ['MACs and a device', 'macs-device', [macs, pixel]],
    ['two devices', 'devices', [pixel, tpu]],
  ])('meets both if they are compatible: %s', async (_, id, costs) => {
    const { status, result } = await searched(id, ...costs.map((cost) => heldTo(cost, middle)));
    expect([status, result.missed]).toEqual([0, []]);
    expect(Object.keys(result.costs)).toHaveLength(2);
    for (const { value, target, argmax, expected } of Object.values<Record<string, number>>(result.costs)) {
      expect(Math.abs(value! / target! - 1)).toBeLessThanOrEqual(0.05);
      expect(argmax).toBe(value);
      expect(Math.abs(expected! / target! - 1)).toBeLessThan(0.3);
    }
  });

  it('that contradict each other exits with 6 and names each missed target', async () => {
    const [small, large] = [
      [0, 0],
      [2, 1],
    ] as const;
    const { status, stderr, result } = await searched('contrary', heldTo(macs, large), heldTo(pixel, small));
    expect(status).toBe(6);
    expect(result.missed.length).toBeGreaterThan(0);
    const misses = Object.entries<{ value: number; target: number }>(result.costs)
      .filter(([, { value, target }]) => Math.abs(value / target - 1) > 0.05)
      .map(([name]) => name);
    expect(result.missed.map((miss: string) => miss.split(' ')[0])).toEqual(misses);
    for (const name of misses) expect(stderr).toContain(`contrary: target missed: ${name} is `);
  });

  it('names both if neither can be met', async () => {
    const far = (cost: object) => ({ ...cost, ...('device' in cost ? { targetMs: 1 } : { target: 10 }) });
    const { status, stderr } = await searched('neither', far(macs), far(pixel));
    expect(status).toBe(6);
    expect(stderr).toMatch(/neither: target missed: macs is .*% from its target of 10\.00/);
    expect(stderr).toMatch(/neither: target missed: latencyMs@pixel-6-cpu is .*% from its target of 1\.000/);
  });
});
