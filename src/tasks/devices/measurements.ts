/** Measured latencies of whole networks: CSV with the columns `network`, `resolution`, `ms`, and any others. */
import { dirname } from 'node:path';
import { z } from 'zod';
import { conform, quantity, text } from '#core/documents/conform';
import { readCsv } from '#core/documents/csv';
import { networkKey } from '#networks/space/network-key';
import { parsedResolution, resolutionWhat } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { isOwnFile } from '#networks/zoo/shipped';

export interface Measurement {
  /** `mnv4-conv-s@224`. */
  readonly name: string;
  readonly network: Architecture;
  /** Key that the rows of one network share, under any name and at any resolution. */
  readonly family: string;
  readonly ms: number;
}

export interface Measurements {
  readonly rows: readonly Measurement[];
  /** The file's comment lines as one text: where the rows come from. */
  readonly comment: string;
}

const schema = z.array(
  z.object({
    network: text('the name or the file of a network'),
    resolution: z
      .union([z.number(), z.string()], { error: resolutionWhat })
      .refine((value) => parsedResolution(String(value)) !== undefined, { error: resolutionWhat }),
    ms: quantity('a number of ms from 1e-6 to 1e9', { min: 1e-6, max: 1e9 }),
  }),
);

/** Reads the rows; a network is a file next to the CSV or relative to the working directory, else a shipped one. */
export function readMeasurements(file: string): Measurements {
  const located = readCsv(file, ['network', 'resolution', 'ms'], ['resolution', 'ms']);
  const rows = conform(located, schema).map(({ network, resolution, ms }, i) => {
    const name = `${network}@${resolution}`;
    const base = isOwnFile(network, dirname(file)) ? dirname(file) : '.';
    const found = namedNetwork(name, base, (message) => located.at([i, 'network'], message));
    return { name, network: found, family: networkKey(found), ms };
  });
  return { rows, comment: located.comments.join(' ') };
}
