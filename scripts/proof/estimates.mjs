// Checks that `--dry-run` estimates time and memory within 25 %: estimates the coarse stage of a config, runs it, and
// compares the estimates with the time that it took and the peak of its processes' total resident memory. Exits with 1
// if one is off by more. Run after `npm run quickstart`, on an otherwise idle machine:
//   npm run proof:estimates -- [CONFIG] [--set a.b=v ...]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [config = 'configs/quickstart.yaml', ...flags] = process.argv.slice(2);
const program = join('dist', 'cli', 'main.js');
const root = mkdtempSync(join(tmpdir(), 'mnv4-estimates-'));
const tolerance = 0.25;

const planned = await run(['coarse', config, ...flags, '--dry-run', '--json']);
const { estimate } = JSON.parse(planned.output)[0];
const ran = await run(['coarse', config, ...flags, '--root', root, '--run-id', 'run']);
rmSync(root, { recursive: true });
const rows = [
  ['seconds', estimate.seconds, ran.seconds],
  ['MB', estimate.memoryMb, ran.peakMb],
];
for (const [unit, told, measured] of rows) {
  console.log(`${told.toFixed(0)} ${unit} estimated, ${measured.toFixed(0)} measured: ${(told / measured).toFixed(2)}`);
}
process.exitCode = rows.every(([, told, measured]) => Math.abs(told / measured - 1) <= tolerance) ? 0 : 1;

/**
 * Runs the program to its end; returns its output, its seconds, and the sampled peak memory of all its processes in MB.
 */
async function run(args) {
  const start = performance.now();
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  let peakMb = 0;
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(child.pid));
  }, 100);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(sampling);
  if (status !== 0) throw new Error(`mnv4-nas ${args.join(' ')} ended with ${status}`);
  return { output, seconds: (performance.now() - start) / 1000, peakMb };
}

/** Resident memory in MB of a process and its descendants. */
function residentMb(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    const own = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    return own + children.reduce((sum, child) => sum + residentMb(child), 0);
  } catch {
    return 0; // it has ended
  }
}
