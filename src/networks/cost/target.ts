/** Cost targets in configs: an amount, or a factor of the cost of a named network. */
import { z } from 'zod';
import { assertNever } from '#core/assert-never';
import { quantity, record, text } from '#core/documents/conform';
import type { Located, Path } from '#core/documents/document';
import { Failure } from '#core/failure';
import type { Space } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';
import { type CostSpec, costName, costOf } from './cost.js';
import { type CostTable, costTable } from './cost-table.js';
import { readDevice } from './device.js';

const sharedFields = {
  relativeTo: text('the name or the file of a network')
    .optional()
    .describe('Network whose cost the target is relative to, by name or file; instead of an amount'),
  factor: quantity('a factor from 1e-3 to 1e3', { min: 1e-3, max: 1e3 })
    .optional()
    .describe("Target as a factor of that network's cost; by default 1"),
  beta: quantity('a number from -1e6 to 0', { min: -1e6, max: 0 })
    .optional()
    .describe('Slope of the penalty: change of the reward absolute if a cost is twice its target; by default -0.1'),
};

function amount(what: string) {
  return quantity(`${what} from 1e-6 to 1e18`, { min: 1e-6, max: 1e18 }).optional().describe(`Target: ${what}`);
}

function kind<const K extends string>(name: K) {
  return z.literal(name).describe('Cost that the target is for; peakMemory is bytes of activations alive at once');
}

export const costTargetSchema = z
  .discriminatedUnion(
    'cost',
    [
      record({ cost: kind('macs'), target: amount('a number of MACs'), ...sharedFields }),
      record({ cost: kind('params'), target: amount('a number of parameters'), ...sharedFields }),
      record({
        cost: kind('latency'),
        device: text('the name or the file of a device').describe(
          'Device, by the name of a shipped profile or by file',
        ),
        targetMs: amount('a number of ms'),
        ...sharedFields,
      }),
      record({
        cost: kind('peakMemory'),
        target: amount('a number of bytes'),
        bytesPerActivation: quantity('a number of bytes from 0.01 to 1000', { min: 0.01, max: 1000 })
          .default(1)
          .describe('Bytes of an activation in memory'),
        ...sharedFields,
      }),
    ],
    {
      error: (issue) =>
        issue.code === 'invalid_union' ? 'one of macs, params, latency, peakMemory' : 'a cost with its target',
    },
  )
  .refine((input) => (statedTarget(input) === undefined) !== (input.relativeTo === undefined), {
    error: 'either a target or relativeTo',
  })
  .refine((input) => statedTarget(input) === undefined || input.factor === undefined, {
    error: 'a factor only with relativeTo',
  });

function statedTarget(input: {
  cost: string;
  target?: number | undefined;
  targetMs?: number | undefined;
}): number | undefined {
  return input.cost === 'latency' ? input.targetMs : input.target;
}

export type CostTargetInput = z.output<typeof costTargetSchema>;

/** A cost with its target in MACs, parameters, ms or bytes; `beta` if the config states one. */
export interface CostTarget {
  readonly name: string;
  readonly target: number;
  readonly beta?: number;
  readonly spec: CostSpec;
}

/** Place of a target in its config, for diagnostics. */
export interface TargetPlace {
  readonly located: Pick<Located, 'at'>;
  readonly path: Path;
}

/**
 * Reads the device and the network of a target. Files are looked up relative to `base`, then among the shipped ones. A
 * network that the target is relative to counts with its own resolution and classes, not with those of the space.
 */
export function resolveTarget(input: CostTargetInput, base = '.', place?: TargetPlace): CostTarget {
  const spec = resolveSpec(input, base, place);
  const { relativeTo, factor = 1, beta } = input;
  const shareOf = () => costOf(spec, namedNetwork(relativeTo as string, base, reporter(place, 'relativeTo')));
  const target = statedTarget(input) ?? factor * shareOf();
  return { name: costName(spec), target, spec, ...(beta === undefined ? {} : { beta }) };
}

/**
 * Resolves all targets of a config, whose costs are at `path`. Events and results key costs by name, so no two targets
 * may have the same name.
 */
export function resolveTargets(
  inputs: readonly CostTargetInput[],
  base: string,
  { located, path }: TargetPlace,
): CostTarget[] {
  const targets = inputs.map((input, i) => resolveTarget(input, base, { located, path: [...path, i] }));
  const names = targets.map(({ name }) => name);
  const again = targets.flatMap(({ name, spec }, i) => {
    if (names.indexOf(name) === i) return [];
    const [place, hint] =
      spec.cost === 'latency' ? ['device', ': rename the file of one of the devices'] : ['cost', ''];
    return [located.at([...path, i, place], `expected a cost that no other entry has; got ${name} again${hint}`)];
  });
  if (again.length > 0) throw new Failure('config', again);
  return targets;
}

function resolveSpec(input: CostTargetInput, base: string, place?: TargetPlace): CostSpec {
  switch (input.cost) {
    case 'macs':
    case 'params':
      return { cost: input.cost };
    case 'latency':
      return { cost: 'latency', device: readDevice(findDevice(input.device, base, reporter(place, 'device'))) };
    case 'peakMemory':
      return { cost: input.cost, bytesPerActivation: input.bytesPerActivation };
    default:
      return assertNever(input);
  }
}

function reporter(place: TargetPlace | undefined, key: string) {
  return place && ((message: string) => place.located.at([...place.path, key], message));
}

/** Builds the cost table of a space, with the costs in the order of the targets. */
export function targetTable(space: Space, targets: readonly CostTarget[]): CostTable {
  return costTable(
    space,
    targets.map(({ spec }) => spec),
  );
}
