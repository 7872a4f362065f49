/** The logs of runs as tables for other programs, row by row, so that no log is held in memory. */
import { join } from 'node:path';
import type { z } from 'zod';
import { statsOf } from '#core/files/files';
import { damagedLine, streamedEvents } from '#jobs/runs/event-log';
import { type LogLines, policyLineSchema, type SampleLine, sampleLineSchema } from '#jobs/runs/run-events';
import { readState } from '#jobs/runs/run-state';
import { scalarsOf } from '#jobs/runs/tensorboard/scalars';
import { readSpace } from '#networks/space/parse';
import { readSettings } from '#tasks/report/run/reported-run';
import { probabilities } from '#tasks/search/controller/policy';

export type TableCell = string | number | boolean | null;

export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'truth';
  /** True if some rows have no value. */
  readonly isSparse: boolean;
}

export interface StreamedTable {
  readonly name: keyof LogLines;
  readonly columns: readonly TableColumn[];
  /** The rows by column; can be iterated once. */
  readonly rows: Iterable<Readonly<Record<string, TableCell>>>;
}

type Notice = (message: string) => void;
type Rows = Generator<Record<string, TableCell>>;

/**
 * Returns the tables of runs, without those that none of them has a log for.
 *
 * @param notice  receives a message about each damaged line, which is left out
 */
export function runTables(folders: readonly string[], notice: Notice): StreamedTable[] {
  return [eventTable(folders, notice), sampleTable(folders, notice), policyTable(folders, notice)].filter(({ name }) =>
    folders.some((folder) => (statsOf(logOf(folder, name))?.size ?? 0) > 0),
  );
}

const key = (name: string, type: TableColumn['type']): TableColumn => ({ name, type, isSparse: false });

/** One row for each interval; the columns of numbers have the names that TensorBoard shows. */
function eventTable(folders: readonly string[], notice: Notice): StreamedTable {
  const names = distinct(folders.flatMap((folder) => firstScalars(folder)));
  return {
    name: 'events',
    columns: [key('run', 'text'), key('step', 'integer'), ...sparseNumbers(names)],
    rows: ofEach(folders, function* (folder, run) {
      for (const { line } of streamedEvents(logOf(folder, 'events'), notice)) {
        const scalars = scalarsOf(line).flatMap((value) => ('scalar' in value ? [[value.tag, value.scalar]] : []));
        yield { run, step: line.step, ...Object.fromEntries(scalars) };
      }
    }),
  };
}

/** The names of the numbers in the first line of a run's log; all lines of a log have the same. */
function firstScalars(folder: string): string[] {
  const [first] = streamedEvents(logOf(folder, 'events'), () => {});
  return first === undefined ? [] : scalarsOf(first.line).map(({ tag }) => tag);
}

/** One row for each sampled architecture. */
function sampleTable(folders: readonly string[], notice: Notice): StreamedTable {
  const costs = distinct(folders.flatMap(firstCosts));
  return {
    name: 'samples',
    columns: [
      ...[key('run', 'text'), key('step', 'integer'), key('sample', 'integer'), key('decisions', 'text')],
      ...[key('quality', 'number'), key('mixed', 'truth'), ...sparseNumbers(costs.map(costColumn))],
    ],
    rows: ofEach(folders, function* (folder, run) {
      for (const line of checkedLines(logOf(folder, 'samples'), sampleLineSchema, notice)) {
        for (const [sample, decisions] of line.decisions.entries()) {
          yield { run, step: line.step, sample, decisions: decisions.join(' '), ...figuresOf(line, sample) };
        }
      }
    }),
  };
}

function firstCosts(folder: string): string[] {
  const [first] = checkedLines(logOf(folder, 'samples'), sampleLineSchema, () => {});
  return Object.keys(first?.costs ?? {});
}

function figuresOf({ qualities, mixed, costs }: SampleLine, k: number): Record<string, TableCell> {
  const ofCosts = Object.entries(costs).map(([name, values]) => [costColumn(name), values[k] ?? null]);
  return { quality: qualities[k] ?? null, mixed: mixed[k] ?? null, ...Object.fromEntries(ofCosts) };
}

function costColumn(name: string): string {
  return `costs/${name}`;
}

/** One row for each option of each choice at the end of each interval. */
function policyTable(folders: readonly string[], notice: Notice): StreamedTable {
  return {
    name: 'policy',
    columns: [
      ...[key('run', 'text'), key('step', 'integer'), key('choice', 'text'), key('option', 'integer')],
      ...[{ ...key('value', 'text'), isSparse: true }, key('logit', 'number'), key('probability', 'number')],
    ],
    rows: ofEach(folders, function* (folder, run, stage) {
      if (stage !== 'coarse' && stage !== 'fine') return;
      const { temperature } = readSettings(folder, stage).controller;
      const values = new Map(readSpace(join(folder, 'space.yaml')).choices.map(({ path, options }) => [path, options]));
      for (const { step, logits } of checkedLines(logOf(folder, 'policy'), policyLineSchema, notice)) {
        for (const [choice, row] of Object.entries(logits)) {
          const shares = probabilities(row, temperature);
          for (const [option, logit] of row.entries()) {
            const value = values.get(choice)?.[option];
            const text = value === undefined ? null : String(value);
            yield { run, step, choice, option, value: text, logit, probability: shares[option] as number };
          }
        }
      }
    }),
  };
}

function* ofEach(folders: readonly string[], rowsOf: (folder: string, run: string, stage: string) => Rows): Rows {
  for (const folder of folders) {
    const { id, stage } = readState(folder);
    yield* rowsOf(folder, id, stage);
  }
}

/** The lines of a log that fit the schema; others are noted. */
function* checkedLines<S extends z.ZodType>(file: string, schema: S, notice: Notice): Generator<z.output<S>> {
  for (const { number, line } of streamedEvents(file, notice)) {
    const checked = schema.safeParse(line);
    if (checked.success) yield checked.data;
    else notice(damagedLine(file, number));
  }
}

function sparseNumbers(names: readonly string[]): TableColumn[] {
  return names.map((name) => ({ name, type: 'number', isSparse: true }));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function logOf(folder: string, name: keyof LogLines): string {
  return join(folder, `${name}.jsonl`);
}
