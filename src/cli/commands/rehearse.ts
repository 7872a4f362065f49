/** `search --rehearse`: both stages on made-up qualities, to see in seconds whether their settings keep the targets. */
import type { Output } from '#cli/arguments/command-spec';
import { aligned } from '#cli/terminal/table';
import { close } from '#networks/space/space';
import type { LocatedConfig, StageName } from '#tasks/search/config/config';
import { planCoarse, planFine } from '#tasks/search/plan';
import { rehearse } from '#tasks/search/rehearsal';
import type { StageTask } from '#tasks/search/stage/stage-task';

/** A cost of the architecture that a rehearsed stage ended with. */
interface RehearsedCost {
  readonly seed: number;
  readonly stage: StageName;
  readonly cost: string;
  readonly value: number;
  readonly target: number;
}

/** Rehearses the search of each config; nothing is trained, and images are not needed. */
export async function rehearseSearches(configs: readonly LocatedConfig[]): Promise<Output> {
  const costs: RehearsedCost[] = [];
  for (const config of configs) {
    const coarse = planCoarse(config).task;
    const found = await rehearse(coarse, `${coarse.seed}/coarse`);
    const fine = planFine(config, close(coarse.space, found.decisions)).task;
    costs.push(...costsOf(coarse, found), ...costsOf(fine, await rehearse(fine, `${fine.seed}/fine`)));
  }
  return { json: costs, text: () => tableOf(costs) };
}

function costsOf({ seed, stage, targets }: StageTask, { costs }: Awaited<ReturnType<typeof rehearse>>) {
  return costs.map(({ value, target }, i) => ({ seed, stage, cost: targets[i]?.name ?? '', value, target }));
}

function tableOf(costs: readonly RehearsedCost[]): string {
  const rows = costs.map(({ seed, stage, cost, value, target }) => {
    const off = 100 * (value / target - 1);
    const figures = [value.toPrecision(4), target.toPrecision(4), `${off > 0 ? '+' : ''}${off.toFixed(1)} %`];
    return [`${seed}`, stage, cost, ...figures];
  });
  const header = ['seed', 'stage', 'cost', 'value', 'target', 'off'];
  return aligned([header, ...rows], new Set([0, 3, 4, 5])).join('\n');
}
