/** The runs under a root as `runs serve` lists them: state, progress and latest figures. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { locateYaml, readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { namesIn } from '#core/files/files';
import { lastEvent } from '#jobs/runs/event-log';
import { presentState } from '#jobs/runs/run-entries';
import { searchEventSchema } from '#jobs/runs/run-events';
import { isRun, type RunState } from '#jobs/runs/run-state';
import { costTitle } from '#tasks/report/run/verdict';

export interface LiveRun extends Pick<RunState, 'id' | 'stage' | 'status' | 'step' | 'steps'> {
  readonly reason: string | null;
  /** These figures are those of the last logged interval; null before it, or if the run has no such figure. */
  readonly loss: number | null;
  readonly quality: number | null;
  readonly reward: number | null;
  readonly costs: readonly LiveCost[];
  /** While the run is in progress, from the speed of the last interval. */
  readonly stepsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface LiveCost {
  readonly title: string;
  /** Expected of the policy. */
  readonly value: number;
  readonly target: number;
}

/** The runs, sorted by id; those that disappear or cannot be read are left out. */
export function liveRuns(root: string): LiveRun[] {
  return namesIn(root)
    .sort()
    .flatMap((id) => {
      const folder = servedFolder(root, id);
      return folder === undefined ? [] : (orGone(() => liveRun(folder, id)) ?? []);
    });
}

/** The result of `read`; undefined if the run disappears meanwhile or is damaged. */
export function orGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

const readNames = ['state.json', 'run.lock', 'config.yaml', 'events.jsonl'];

/**
 * The folder of a run that may be shown: it lies right in the root, and neither it nor a file that is read is a symbolic
 * link, which could lead elsewhere. Undefined for any other name.
 */
export function servedFolder(root: string, id: string): string | undefined {
  if (id.startsWith('.') || !namesIn(root).includes(id)) return undefined;
  const folder = join(root, id);
  const isLink = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  const isOurs = () => isRun(folder) && ![folder, ...readNames.map((name) => join(folder, name))].some(isLink);
  return orGone(isOurs) ? folder : undefined;
}

const figuresSchema = searchEventSchema
  .pick({ loss: true, quality: true, reward: true, costs: true, imagesPerSecond: true })
  .partial();

function liveRun(folder: string, id: string): LiveRun {
  const { stage, status, step, steps, reason = null } = presentState(folder);
  const last = lastEvent(join(folder, 'events.jsonl'));
  const figures = figuresSchema.safeParse(last).data ?? {};
  const { loss = null, quality = null, reward = null, costs = {}, imagesPerSecond = 0 } = figures;
  const images = status === 'running' && imagesPerSecond > 0 ? imagesPerStep(folder, stage) : undefined;
  const rate = images === undefined ? null : imagesPerSecond / images;
  const done = Math.max(step, last?.step ?? 0); // the state has only the steps up to the last checkpoint
  return {
    ...{ id, stage, status, step: status === 'running' ? done : step, steps, reason, loss, quality, reward },
    costs: Object.entries(costs).map(([name, { value, expected, target }]) => {
      return { title: costTitle(name), value: expected ?? value, target };
    }),
    stepsPerSecond: rate,
    secondsLeft: rate === null ? null : (steps - done) / rate,
  };
}

const stageSchema = z.object({ batch: z.number(), samplesPerStep: z.number() });
const recipeSchema = z.object({ batch: z.number() });

/** Images of a step, from the config of the run; undefined if it says nothing of them. */
function imagesPerStep(folder: string, stage: string): number | undefined {
  const file = join(folder, 'config.yaml');
  const config = locateYaml(file, readText(file, 'data')).value as Record<string, unknown> | null;
  const search = stageSchema.safeParse(config?.[stage]).data;
  if (search !== undefined) return search.batch * search.samplesPerStep;
  return recipeSchema.safeParse(config).data?.batch;
}
