/**
 * The jobs of a search on a cluster: for every seed and target a coarse stage and, if the config has them, a fine stage
 * on its result and the final training. Schedulers differ only in how they write these down.
 */
import { slug } from '#core/slug';
import type { Workers } from '#jobs/workers/launcher';
import type { LocatedConfig, SearchConfig } from '#tasks/search/config/config';

export type JobKind = 'coarse' | 'fine' | 'train';

/** One command, which makes one run; repeated, it resumes that run. */
export interface ClusterJob {
  /** Made of config, seed and target only, so that a restarted job finds its run. */
  readonly runId: string;
  /** Arguments of `mnv4-nas`. */
  readonly arguments: readonly string[];
}

/** The jobs of one kind, one for each seed and target. Job i needs the result of job i of the array before. */
export interface JobArray {
  readonly kind: JobKind;
  readonly workers: Workers;
  readonly jobs: readonly ClusterJob[];
}

export interface JobPlan {
  /** Name for the scheduler: the config's, of letters, digits, dots, underscores and hyphens. */
  readonly name: string;
  /** In the order in which they run. */
  readonly arrays: readonly JobArray[];
}

/** Paths as the jobs see them. */
export interface JobPlaces {
  readonly config: string;
  /** Folder of the runs. */
  readonly root: string;
  /** The training recipe; undefined if the config has none. */
  readonly recipe?: string | undefined;
}

export interface JobRequest {
  /** Number of seeds, counted up from the config's. */
  readonly seeds: number;
  /** Targets of the config's first cost; empty for the target that the config states. */
  readonly targets: readonly number[];
  /** Further values of the config, `a.b=value`. */
  readonly settings: readonly string[];
  readonly places: JobPlaces;
  /** The workers of each kind of job; stated in the commands, since a result depends on the number of threads. */
  readonly workers: Readonly<Record<JobKind, Workers>>;
}

/** One search of the plan. */
export interface Cell {
  /** Begins the ids of its runs. */
  readonly id: string;
  readonly seed: number;
  /** The values of the config that it changes apart from the seed, `a.b=value`. */
  readonly settings: readonly string[];
}

/** Lists the searches of a plan, the targets of the first seed first. */
export function cellsOf({ config }: LocatedConfig, { seeds, targets, settings }: JobRequest): Cell[] {
  const key = targetKey(config);
  const aims = targets.length === 0 ? [undefined] : targets;
  return Array.from({ length: seeds }, (_, i) => config.seed + i).flatMap((seed) =>
    aims.map((target) => {
      const id = `${slug(config.name)}-seed-${seed}`;
      if (target === undefined) return { id, seed, settings };
      return { id: `${id}-target-${target}`, seed, settings: [...settings, `${key}=${target}`] };
    }),
  );
}

/** Returns the key of the first cost's target: an amount, or the factor of another network's cost. */
function targetKey({ cost: [first] }: SearchConfig): string {
  if (first?.relativeTo !== undefined) return 'cost[0].factor';
  return first?.cost === 'latency' ? 'cost[0].targetMs' : 'cost[0].target';
}

/** Plans the jobs of a config; two plans of the same request are the same. */
export function planJobs(config: LocatedConfig, request: JobRequest): JobPlan {
  const { places, workers } = request;
  const cells = cellsOf(config, request);
  const arrays = kindsOf(config, places).map((kind) => ({
    kind,
    workers: workers[kind],
    jobs: cells.map((cell) => {
      const runId = `${cell.id}-${kind}`;
      const computing = workerArguments(workers[kind]);
      const own = ['--run-id', runId, '--root', places.root, ...computing];
      return { runId, arguments: [...commandOf(kind, cell, places), ...own] };
    }),
  }));
  return { name: slug(config.config.name), arrays };
}

function kindsOf({ config }: LocatedConfig, { recipe }: JobPlaces): JobKind[] {
  const fine = config.fine === undefined ? [] : (['fine'] as const);
  return ['coarse', ...fine, ...(recipe === undefined ? [] : (['train'] as const))];
}

function commandOf(kind: JobKind, { id, seed, settings }: Cell, { config, recipe }: JobPlaces): string[] {
  if (kind === 'train') return ['train', `${id}-fine`, '--recipe', recipe as string];
  const values = ['--seed', `${seed}`, ...settings.flatMap((setting) => ['--set', setting])];
  return kind === 'coarse' ? ['coarse', config, ...values] : ['fine', config, '--from', `${id}-coarse`, ...values];
}

function workerArguments({ count, threads, backend }: Workers): string[] {
  return [
    ...['--workers', `${count}`],
    ...(threads === undefined ? [] : ['--threads', `${threads}`]),
    ...(backend === undefined ? [] : ['--backend', backend]),
  ];
}
