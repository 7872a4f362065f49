// The options that the proofs of exported networks share.
import { parseArgs } from 'node:util';
import { names } from './subjects.mjs';

/** Reads the arguments, with the networks that are taken by default; `fail(status, message)` ends the program. */
export function exportProofOptions(fail, byDefault = names) {
  const { values } = parseArgs({
    options: {
      networks: { type: 'string', default: byDefault.join() },
      searched: { type: 'string' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const chosen = values.networks.split(',');
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length > 0) fail(2, `--networks: expected some of ${names.join()}; got ${unknown.join()}`);
  return { values, chosen };
}
