// A temporary folder for a script that has servers, removed when the script is interrupted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killServers } from './server.mjs';

/** Makes the folder; a signal ends the servers, removes it and exits. The script removes it at its normal end. */
export function scratchFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `mnv4-${name}-`));
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.on(signal, () => {
      killServers();
      rmSync(folder, { recursive: true, force: true });
      process.exit(status);
    });
  }
  return folder;
}
