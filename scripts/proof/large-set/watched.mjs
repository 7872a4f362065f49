// @ts-check
// Runs a program and watches the memory of its processes.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const everyMs = 20;

/**
 * Runs mnv4-nas to its end; one that fails ends this program. Returns its seconds and the peak of each process's
 * resident memory in MB, its own first.
 *
 * @param {readonly string[]} args
 */
export async function watched(args) {
  const start = performance.now();
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  /** @type {Map<number, number>} */
  const peaks = new Map();
  const sampling = setInterval(() => addPeaks(child.pid ?? 0, peaks), everyMs);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(sampling);
  if (status !== 0) throw new Error(`mnv4-nas ${args.join(' ')} ended with ${status}: ${told}`);
  return { seconds: (performance.now() - start) / 1000, peaksMb: [...peaks.values()] };
}

/** Adds the peaks of a process and its descendants, as the system counts them. @param {number} pid @param {Map<number, number>} peaks */
function addPeaks(pid, peaks) {
  try {
    const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kib !== undefined) peaks.set(pid, Number(kib) / 1024);
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)) {
      addPeaks(Number(child), peaks);
    }
  } catch {
    // it has ended
  }
}
