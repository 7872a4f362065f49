/** Hooks of tests into the program: code that Node runs before it. */
import type { ProgramOptions } from '#test/cli/program';

/** Runs `code`, an ES module's text, before the program. */
export function hooked(code: string): ProgramOptions {
  return { node: ['--import', `data:text/javascript,${encodeURIComponent(code)}`] };
}

/** Runs `action`, statements, as soon as the program reports that a stage has reached a step. */
export function atStep(stage: string, step: number, action: string, before = ''): ProgramOptions {
  return hooked(`
    ${before}
    const { stderr } = process;
    const write = stderr.write.bind(stderr);
    stderr.write = (text, ...more) => {
      const written = write(text, ...more);
      if (text.includes('"stage":"${stage}","step":${step},')) { ${action} }
      return written;
    };`);
}

/** Makes the program send itself signals in immediate succession. */
export function signalAt(stage: string, step: number, ...signals: NodeJS.Signals[]): ProgramOptions {
  return atStep(stage, step, signals.map((signal) => `process.kill(process.pid, '${signal}');`).join(' '));
}

/**
 * Simulates a full disk: the n-th `fs.writeSync` on files of that name writes half of its data, then no space is left:
 * once, or from then on for any file.
 */
export function fullAt(name: string, n: number, stays: boolean): ProgramOptions {
  return hooked(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { openSync, writeSync } = fs;
    const paths = new Map();
    let calls = 0;
    let isFull = false;
    fs.openSync = (path, ...more) => {
      const file = openSync(path, ...more);
      paths.set(file, String(path));
      return file;
    };
    fs.writeSync = (file, bytes, ...more) => {
      const path = paths.get(file) ?? '';
      if (path.endsWith('${name}') && ++calls === ${n}) {
        isFull = ${stays};
        writeSync(file, bytes.subarray(0, bytes.length >> 1));
      } else if (!(isFull && path !== '')) return writeSync(file, bytes, ...more);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();`);
}
