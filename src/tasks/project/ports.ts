/** Functions of the program that the phases of a search need. */
import type { RunRequest } from '#jobs/job-context';
import type { Workers } from '#jobs/workers/launcher';
import type { Format } from '#tasks/export/formats';

/** Where the runs of a search lie, and how they begin or resume. */
export type ProjectRequest = Omit<RunRequest, 'context'>;

/**
 * Exports the network of a finished training run, given by its folder, to a new folder, in int8 too if asked, and checks
 * the files; returns a warning if they could not be checked.
 */
export type ExportNetwork = (
  run: string,
  format: Format,
  folder: string,
  inInt8: boolean,
) => Promise<string | undefined>;

export interface ProjectPorts {
  /** Returns the workers for steps with this number of parts. */
  readonly workersFor: (parts: number) => Workers;
  readonly exportNetwork: ExportNetwork;
}
