// Loaded before the program: kills it (SIGKILL) before its n-th call of a kind that changes a file below a folder, and tells
// at its end how many of each kind it made. `MNV4_KILL_IN_CALL` is `writeSync events.jsonl 3`, or empty; `MNV4_KILL_IN` the
// folder.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const { MNV4_KILL_IN_CALL: wanted, MNV4_KILL_IN: folder } = process.env;
const paths = new Map(); // of open files, by descriptor
const calls = {}; // by kind: `writeSync events.jsonl`

const isWorker = process.send !== undefined; // workers write nothing
if (!isWorker) {
  watch('openSync', ([path]) => path);
  for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync', 'closeSync']) watch(name, ([file]) => paths.get(file));
  for (const name of ['writeFileSync', 'renameSync', 'mkdirSync', 'rmSync', 'unlinkSync', 'utimesSync']) {
    watch(name, ([path]) => path);
  }
  syncBuiltinESMExports();
  process.on('exit', () => fs.writeSync(2, `calls that write: ${JSON.stringify(calls)}\n`));
}

function watch(name, pathOf) {
  const original = fs[name];
  fs[name] = (...args) => {
    const path = pathOf(args);
    if (typeof path === 'string' && path.startsWith(folder)) {
      const kind = `${name} ${basename(path).replace(/\d{3,}/g, 'N')}`;
      calls[kind] = (calls[kind] ?? 0) + 1;
      if (wanted === `${kind} ${calls[kind]}`) {
        fs.writeSync(2, `killed in ${path.slice(folder.length + 1)}\n`);
        process.kill(process.pid, 'SIGKILL');
      }
    }
    const result = original(...args);
    if (name === 'openSync') paths.set(result, path);
    if (name === 'closeSync') paths.delete(args[0]);
    return result;
  };
}
