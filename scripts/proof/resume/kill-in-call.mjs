// Loaded before the program: kills it (SIGKILL) in the n-th call of a kind that changes or flushes a file below a
// folder. A write is killed when half of it is written, all other calls before they do anything. If not killed, the
// program prints the number of calls of each kind at its end. `MNV4_KILL_IN_CALL` is, for example, `writeSync
// ID-fine/events.jsonl 3`, or empty; `MNV4_KILL_IN` is the folder; `MNV4_KILL_ID` is the run's id, which the kinds
// contain as ID.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { MNV4_KILL_IN_CALL: wanted, MNV4_KILL_IN: folder, MNV4_KILL_ID: id } = process.env;
const paths = new Map(); // of open files, by descriptor
const calls = {}; // by kind

const isWorker = process.send !== undefined; // workers write nothing
if (!isWorker) {
  watch('openSync', ([path, flags]) => (reads(flags) ? undefined : path));
  for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync']) watch(name, ([file]) => paths.get(file));
  for (const name of ['writeFileSync', 'renameSync', 'linkSync', 'mkdirSync', 'rmSync', 'unlinkSync', 'utimesSync']) {
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
      const kind = kindOf(name, path);
      calls[kind] = (calls[kind] ?? 0) + 1;
      if (wanted === `${kind} ${calls[kind]}`) die(name, original, args);
    }
    const result = original(...args);
    if (name === 'openSync') paths.set(result, args[0]);
    return result;
  };
}

function reads(flags = 'r') {
  return typeof flags === 'number' ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0 : flags === 'r';
}

/** The kind of a call, the same for every run and process: without their ids, and without the step. */
function kindOf(name, path) {
  const place = path.slice(folder.length + 1).replace(id, 'ID');
  return `${name} ${place.replace(/(part|stale|step)-\d+/g, '$1-N')}`;
}

function die(name, original, args) {
  const [file, bytes, from = 0] = args;
  if (name === 'writeSync' && bytes.length - from > 1) original(file, bytes, from, (bytes.length - from) >> 1);
  process.kill(process.pid, 'SIGKILL');
}
