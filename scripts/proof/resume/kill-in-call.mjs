// Loaded before the program: kills it (SIGKILL) before its n-th call that changes a file below a folder, and tells at its
// end how many of these it made. `MNV4_KILL_IN_CALL` is n, or empty; `MNV4_KILL_IN` the folder.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { MNV4_KILL_IN_CALL: wanted, MNV4_KILL_IN: folder } = process.env;
const paths = new Map(); // of open files, by descriptor
let calls = 0;

const isWorker = process.send !== undefined; // workers write nothing
if (!isWorker) {
  watch('openSync', ([path]) => path);
  for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync', 'closeSync']) watch(name, ([file]) => paths.get(file));
  for (const name of ['writeFileSync', 'renameSync', 'mkdirSync', 'rmSync', 'unlinkSync', 'utimesSync']) {
    watch(name, ([path]) => path);
  }
  syncBuiltinESMExports();
  process.on('exit', () => fs.writeSync(2, `calls that write: ${calls}\n`));
}

function watch(name, pathOf) {
  const original = fs[name];
  fs[name] = (...args) => {
    const path = pathOf(args);
    if (typeof path === 'string' && path.startsWith(folder) && ++calls === Number(wanted || -1)) {
      fs.writeSync(2, `killed in ${name} of ${path.slice(folder.length + 1)}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
    const result = original(...args);
    if (name === 'openSync') paths.set(result, path);
    if (name === 'closeSync') paths.delete(args[0]);
    return result;
  };
}
