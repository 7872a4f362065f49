import { InvalidArgumentError } from 'commander';
import { parsedResolution, type Resolution, resolutionWhat } from '#networks/space/resolution';

/** `--resolution`, for what a command does at it. */
export function resolutionOption(what: string) {
  return ['--resolution <pixels>', `${what} at this input resolution, or HEIGHTxWIDTH`, resolution] as const;
}

function resolution(value: string): Resolution {
  const parsed = parsedResolution(value);
  if (parsed === undefined) throw new InvalidArgumentError(`expected ${resolutionWhat}`);
  return parsed;
}
