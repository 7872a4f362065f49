/** A search as its report shows it: everything that its folder says, checked and read once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { asDataFailure, conform, integer, quantity, text, word } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { damagedLine, readNumberedEvents } from '#jobs/runs/event-log';
import { presentState } from '#jobs/runs/run-entries';
import {
  type PolicyLine,
  policyLineSchema,
  type SampleLine,
  type SearchEvent,
  sampleLineSchema,
  searchEventSchema,
} from '#jobs/runs/run-events';
import { readSearchResult, resultFile, type SearchResult } from '#jobs/runs/run-result';
import type { RunStatus } from '#jobs/runs/run-state';
import { type CostSpec, costName } from '#networks/cost/cost';
import { readDevice } from '#networks/cost/device';
import { readSpace } from '#networks/space/parse';
import { type Architecture, close, type Decisions, type Space } from '#networks/space/space';
import { findDevice, isOwnFile, shippedNames } from '#networks/zoo/shipped';

export interface ReportedRun {
  readonly id: string;
  readonly stage: string;
  readonly status: RunStatus;
  /** Finished steps. */
  readonly step: number;
  readonly steps: number;
  /** Why the run failed or stopped, if known. */
  readonly reason: string | undefined;
  readonly settings: RunSettings;
  readonly space: Space;
  readonly costs: readonly ReportedCost[];
  readonly events: readonly SearchEvent[];
  readonly policy: readonly PolicyLine[];
  readonly samples: readonly SampleLine[];
  /** Null until the run is done. */
  readonly result: SearchResult | null;
  /** Null before the first line of the policy's log. */
  readonly found: FoundNetwork | null;
  /** Sentences about data that are missing or damaged. */
  readonly notices: readonly string[];
}

/** A cost with its target; without a spec, nothing but the recorded values of the cost is known. */
export interface ReportedCost {
  readonly name: string;
  readonly target: number;
  readonly spec: CostSpec | undefined;
}

/** The result of a search or, before there is one, the policy's most likely architecture after `step`. */
export interface FoundNetwork {
  readonly architecture: Architecture;
  readonly decisions: Decisions;
  readonly origin: 'result' | 'policy';
  readonly step: number;
}

/** Returns the run in `folder`; a training is a usage failure, a damaged file of a run a data failure. */
export function readReportedRun(folder: string, notice: (message: string) => void): ReportedRun {
  const { id, stage, status, step, steps, reason } = presentState(folder);
  if (stage !== 'coarse' && stage !== 'fine') {
    const problem = `${id}: expected a search, coarse or fine; got a run of the stage ${stage}`;
    throw new Failure('usage', problem, 'mnv4-nas runs show RUN shows it');
  }
  const notices: string[] = [];
  const note = (message: string) => {
    notices.push(message);
    notice(message);
  };
  const space = asDataFailure(() => readSpace(join(folder, 'space.yaml')));
  const settings = readSettings(folder, stage);
  const log = <S extends z.ZodType>(name: string, schema: S) => readLog(join(folder, `${name}.jsonl`), schema, note);
  const events = log('events', searchEventSchema);
  const policy = log('policy', policyLineSchema);
  const samples = log('samples', sampleLineSchema);
  const result = status === 'done' && existsSync(resultFile(folder)) ? readSearchResult(folder) : null;
  return {
    ...{ id, stage, status, step, steps, reason, settings, space, events, policy, samples, result },
    costs: costsOf(result?.costs ?? events.at(-1)?.costs ?? {}, settings, note),
    found: foundIn(space, result, policy),
    notices,
  };
}

const requestSchema = z.object({
  seed: integer('a seed', 0),
  cost: z.array(
    z.object({
      cost: text('a cost'),
      device: text('a device').optional(),
      bytesPerActivation: quantity('bytes').optional(),
    }),
  ),
});

const stageSchema = z.object({
  quality: word('accuracy', 'distillation'),
  strategy: text('a strategy'),
  tolerance: quantity('a share'),
  controller: z.object({ temperature: quantity('a temperature') }),
});

/** The settings of a run that its report depends on. */
export type RunSettings = Readonly<z.output<typeof requestSchema> & z.output<typeof stageSchema>>;

/** The settings of the search in `folder`; a damaged config is a data failure. */
export function readSettings(folder: string, stage: 'coarse' | 'fine'): RunSettings {
  const file = join(folder, 'config.yaml');
  const schema = requestSchema.extend({ stage: stageSchema });
  return asDataFailure(() => {
    const config = locateYaml(file, readText(file, 'data'));
    const { [stage]: settings, ...request } = config.value as Record<string, unknown>;
    const { stage: own, ...shared } = conform({ ...config, value: { ...request, stage: settings } }, schema);
    return { ...shared, ...own };
  });
}

/** The lines of a log that fit the schema; others are noted. */
function readLog<S extends z.ZodType>(file: string, schema: S, note: (message: string) => void): z.output<S>[] {
  return readNumberedEvents(file, note).flatMap(({ number, line }) => {
    const checked = schema.safeParse(line);
    if (!checked.success) note(damagedLine(file, number));
    return checked.success ? [checked.data] : [];
  });
}

function costsOf(
  recorded: SearchEvent['costs'],
  settings: RunSettings,
  note: (message: string) => void,
): ReportedCost[] {
  const specs = settings.cost.flatMap((stated) => specOf(stated, note) ?? []);
  return Object.entries(recorded).map(([name, { target }]) => {
    return { name, target, spec: specs.find((spec) => costName(spec) === name) };
  });
}

function specOf(
  { cost, device, bytesPerActivation = 1 }: RunSettings['cost'][number],
  note: (message: string) => void,
): CostSpec | undefined {
  if (cost === 'macs' || cost === 'params') return { cost };
  if (cost === 'peakMemory') return { cost, bytesPerActivation };
  if (device !== undefined && (isOwnFile(device) || shippedNames('configs/devices').includes(device))) {
    return { cost: 'latency', device: readDevice(findDevice(device)) };
  }
  note(`the device ${device} is not found from this folder, so latencies per block are unknown`);
  return undefined;
}

function foundIn(space: Space, result: SearchResult | null, policy: readonly PolicyLine[]): FoundNetwork | null {
  const last = policy.at(-1);
  const step = last?.step ?? 0;
  if (result !== null) {
    return { architecture: close(space, result.decisions), decisions: result.decisions, origin: 'result', step };
  }
  if (last === undefined) return null;
  const decisions = space.choices.map(({ path }) => {
    const logits = last.logits[path] ?? [0];
    return logits.indexOf(Math.max(...logits));
  });
  return { architecture: close(space, decisions), decisions, origin: 'policy', step };
}
