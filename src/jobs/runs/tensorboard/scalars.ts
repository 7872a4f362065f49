import { leaves } from '#core/documents/flatten';
import type { LogLine } from '#jobs/runs/event-log';
import type { SummaryValue } from './event-message.js';

/** The numbers of a line of a log, each under its keys: `costs/latencyMs@pixel-6-cpu/expected`. */
export function scalarsOf({ step: _, ...figures }: LogLine): SummaryValue[] {
  return [...leaves(figures)].flatMap(([path, scalar]) =>
    typeof scalar === 'number' ? [{ tag: path.join('/'), scalar }] : [],
  );
}
