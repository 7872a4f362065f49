import { execFile } from 'node:child_process';

/** Runs a program; rejects with one line if it is missing, fails or takes too long. */
export function runProgram(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  folder?: string,
): Promise<void> {
  const options = { cwd: folder, timeout: timeoutMs, maxBuffer: 2 ** 26, env: { ...process.env, LC_ALL: 'C' } };
  return new Promise((resolve, reject) => {
    execFile(command, [...args], options, (error, _stdout, stderr) => {
      if (error === null) return resolve();
      if (error.code === 'ENOENT') return reject(new Error(`${command} is not installed`));
      if (error.killed) return reject(new Error(`${command} took more than ${timeoutMs / 1000} s`));
      reject(new Error(`${command}: ${lastWords(stderr) ?? `exit ${error.code}`}`));
    });
  });
}

/** The last line about an error, else the last line. */
function lastWords(text: string): string | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /^(E:|error|npm err)/i.test(line) && !/complete log/i.test(line)) ?? lines.at(-1);
}
