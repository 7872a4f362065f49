/** Networks and spaces by the names that callers give. */
import { existsSync } from 'node:fs';
import { isRun } from '#jobs/runs/run-state';
import { asNetwork } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import type { Architecture, Space } from '#networks/space/space';
import { namedSpace } from '#networks/zoo/named-network';
import { foundArchitecture } from '#tasks/search/finished-stage';

/** Reads a network or space: the folder of a finished run, the name of a shipped one, or a YAML file. */
export function readReference(what: string): Space {
  return existsSync(what) && isRun(what) ? asSpace(foundArchitecture(what)) : namedSpace(what);
}

/** Reads a network; a space with choices is a failure. */
export function readNetworkReference(what: string): Architecture {
  return asNetwork(readReference(what), what);
}
