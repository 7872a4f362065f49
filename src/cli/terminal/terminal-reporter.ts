/** The reporter on a terminal: a block of lines for the progress, and messages above it. */
import type { Progress } from '#jobs/observer';
import { liveBlock } from './live-block.js';
import { progressLine } from './progress.js';
import { courseValue, progressBlock } from './progress-block.js';
import type { Reporter, ReporterOptions } from './reporter.js';
import type { Release } from './shared-streams.js';
import { hasColours, styled } from './style.js';

const redrawMs = 100; // a block that changes more often cannot be read
const tickMs = 1000; // of the time left
const defaultColumns = 80;
const rateReports = 5; // whose mean rate is shown

/** The course of one stage, from its first report to the latest. */
interface Course {
  readonly fields: Progress;
  readonly values: readonly number[];
  /** The latest reports, the oldest first. */
  readonly reports: readonly { readonly step: number; readonly ms: number }[];
}

export function terminalReporter({ stream, env, clock, share }: ReporterOptions): Reporter {
  const colours = hasColours(env);
  const block = liveBlock(stream, env['TERM_PROGRAM'] === 'vscode');
  let course: Course | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let release: Release | undefined;
  const columns = () => (stream.columns || defaultColumns) - 1; // the last one would wrap on some terminals

  const draw = () => {
    if (course === undefined) return;
    stream.refresh?.();
    drawnAt = clock();
    block.draw(progressBlock(viewOf(course, drawnAt), columns(), colours));
  };
  const open = () => {
    const stopSharing = share?.(block.print);
    const timer = setInterval(draw, tickMs).unref();
    const erase = () => block.erase();
    stream.on?.('resize', draw);
    process.on('exit', erase); // for example, after a second SIGINT
    release = () => {
      clearInterval(timer);
      stream.off?.('resize', draw);
      process.off('exit', erase);
      block.erase();
      stopSharing?.();
    };
  };
  /** Leaves one line about a stage that has ended or is left. */
  const conclude = (ended: Course) => {
    const { phase, secondsLeft: _, ...fields } = ended.fields;
    const place = phase && { phase: { number: phase.number, of: phase.of } };
    block.print(progressLine({ ...fields, ...place }, columns(), colours));
  };
  const message = (text: string, { run: _, ...fields }: Readonly<Record<string, unknown>> = {}) => {
    const details = Object.entries(fields).map(([key, value]) => `${key} ${detail(value)}`);
    block.print([text, ...details].join('  '));
  };
  return {
    progress(fields) {
      if (course !== undefined && !isSameStage(course.fields, fields)) {
        conclude(course);
        course = undefined;
      }
      if (release === undefined) open();
      course = reported(course, fields, clock());
      if (fields.step >= fields.steps || clock() - drawnAt >= redrawMs) draw();
    },
    note: message,
    warn: (text, fields) => message(`${styled('warning:', 'yellow', colours)} ${text}`, fields),
    close() {
      release?.();
      release = undefined;
      if (course !== undefined) conclude(course);
      course = undefined;
    },
  };
}

function isSameStage(a: Progress, b: Progress): boolean {
  return a.stage === b.stage && a.run === b.run && a.phase?.number === b.phase?.number && a.steps === b.steps;
}

function reported(before: Course | undefined, fields: Progress, ms: number): Course {
  const value = courseValue(fields);
  return {
    fields,
    values: [...(before?.values ?? []), ...(value === undefined ? [] : [value])],
    reports: [...(before?.reports ?? []), { step: fields.step, ms }].slice(-rateReports),
  };
}

function viewOf({ fields, values, reports }: Course, nowMs: number) {
  const [first, last] = [reports[0], reports.at(-1)];
  const steps = first && last ? last.step - first.step : 0;
  const seconds = first && last ? (last.ms - first.ms) / 1000 : 0;
  return {
    fields,
    course: values,
    stepsPerSecond: steps > 0 && seconds > 0 ? steps / seconds : undefined,
    secondsSince: last === undefined ? 0 : (nowMs - last.ms) / 1000,
  };
}

function detail(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
