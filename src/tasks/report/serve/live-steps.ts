/** The records of the charts over the steps, of which a page asks for the new ones only. */
import { join } from 'node:path';
import { readFrom, statsOf } from '#core/files/files';
import { parsedLines } from '#jobs/runs/event-log';
import { type SearchEvent, searchEventSchema, trainingEventSchema } from '#jobs/runs/run-events';
import { readState } from '#jobs/runs/run-state';
import type { Chart } from '#tasks/report/run/figure';
import { readSettings } from '#tasks/report/run/reported-run';
import { type ChartedRun, costNames, stepCharts, stepRecord } from '#tasks/report/run/step-figure';
import type { Cell } from '#tasks/report/run/table';
import { evenly, mergedIntervals } from '#tasks/report/run/thinning';
import { orGone, servedFolder } from './live-runs.js';

/** A run that a page shows, and how much of it the page has: the token of the last answer, empty at first. */
export interface AskedRun {
  readonly id: string;
  readonly token: string;
}

export interface LiveSteps {
  /** Names the charts; sent back with the next question. */
  readonly key: string;
  /** Left out if the page has them, by its key. */
  readonly charts?: readonly Chart[];
  readonly runs: readonly LiveRecords[];
}

export interface LiveRecords extends AskedRun {
  /** True if the records replace those that the page has. */
  readonly isWhole: boolean;
  readonly records: readonly Readonly<Record<string, Cell>>[];
}

const mostRecords = 2400; // of one answer

/** Answers a page; runs that are not there are left out. */
export function liveSteps(root: string, asked: readonly AskedRun[], key: string): LiveSteps {
  const runs = asked.flatMap(({ id, token }) => {
    const folder = servedFolder(root, id);
    return folder === undefined ? [] : (orGone(() => ({ folder, token, ...chartedRun(folder, id) })) ?? []);
  });
  const names = costNames(runs);
  const searches = runs.filter(({ isSearch }) => isSearch);
  const present = JSON.stringify([runs.map(({ id }) => id), names, searches.map(({ settings }) => settings.quality)]);
  const isKnown = present === key;
  const most = Math.floor(mostRecords / Math.max(1, runs.length));
  return {
    key: present,
    ...(isKnown ? {} : { charts: chartsOf(runs, searches) }),
    runs: runs.flatMap(({ folder, id, token }) => {
      return orGone(() => newRecords(folder, id, isKnown ? token : '', names, most)) ?? [];
    }),
  };
}

function chartsOf(runs: readonly ChartedRun[], searches: readonly ChartedRun[]): Chart[] {
  const ids = runs.map(({ id }) => id);
  const charts = stepCharts(searches, false).filter(({ id }) => id !== 'steps-loss' && searches.length > 0);
  return ids.length === 0 ? [] : [...charts, ...stepCharts(runs, false).filter(({ id }) => id === 'steps-loss')];
}

function chartedRun(folder: string, id: string): ChartedRun & { readonly isSearch: boolean } {
  const { stage } = readState(folder);
  const isSearch = stage === 'coarse' || stage === 'fine';
  if (!isSearch) return { id, costs: [], settings: { quality: 'accuracy' }, isSearch };
  const [first] = eventsIn(folder, 0, firstBytes).events;
  const costs = Object.entries(first?.costs ?? {}).map(([name, { target }]) => ({ name, target, spec: undefined }));
  return { id, costs, settings: readSettings(folder, stage), isSearch };
}

const firstBytes = 2 ** 14; // holds the first event

/** The records that follow the token, or all if the log is another than that of the token. */
function newRecords(folder: string, id: string, token: string, names: readonly string[], most: number): LiveRecords {
  const [file, byte, step] = token.split('-').map(Number) as [number, number, number];
  const { ino = 0, size = 0 } = statsOf(join(folder, 'events.jsonl')) ?? {};
  const isWhole = file !== ino || !(byte <= size); // a resumed run replaces a log from which it cuts steps off
  const { events, losses, end, last } = eventsIn(folder, isWhole ? 0 : byte);
  const merged = isWhole ? mergedIntervals(events, most) : events.flatMap((event) => mergedIntervals([event], 1));
  const before = isWhole ? 0 : step;
  const searched = merged.map((part, i) =>
    stepRecord(id, { ...part, from: isWhole ? part.from : (merged[i - 1]?.last.step ?? before) }, names),
  );
  const trained = evenly(losses, most).map((loss) => ({ run: id, ...loss }));
  return { id, token: [ino, end, last ?? before].join('-'), isWhole, records: [...searched, ...trained] };
}

interface NewEvents {
  readonly events: readonly SearchEvent[];
  /** The losses of a training; empty for a search. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  /** The byte after the last complete line. */
  readonly end: number;
  /** The step of the last line. */
  readonly last: number | undefined;
}

function eventsIn(folder: string, from: number, most?: number): NewEvents {
  const file = join(folder, 'events.jsonl');
  if (statsOf(file) === undefined) return { events: [], losses: [], end: 0, last: undefined };
  const bytes = readFrom(file, from, most);
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
  const lines = parsedLines(whole);
  const events = lines.flatMap((line) => searchEventSchema.safeParse(line).data ?? []);
  const trained = events.length > 0 ? [] : lines.flatMap((line) => trainingEventSchema.safeParse(line).data ?? []);
  const losses = trained.map(({ step, loss }) => ({ step, loss }));
  return { events, losses, end: from + whole.length, last: lines.at(-1)?.step };
}
