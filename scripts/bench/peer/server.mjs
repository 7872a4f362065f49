// A server in a child process, which answers each line of text with a line of JSON.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const running = new Set();
const errorTail = 4000; // characters of standard error that a failure shows

/**
 * Starts a server and waits for its first line.
 *
 * @returns `about`, that line; `ask(text)` for the answer to a line; `end()`, which lets the process finish
 * @throws  Error with the end of its standard error if the process ends before it has answered
 */
export async function startServer({ title, command, args, env }) {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-errorTail);
  });
  child.stdin.on('error', () => {}); // `close` reports a process that is gone
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => {
    child.on('error', resolve);
    child.on('close', (code, signal) => resolve(new Error(`ended with ${signal ?? code}\n${errors}`)));
  }).finally(() => running.delete(child));
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${title}: ${(await ended).message}`);
    return JSON.parse(value);
  };
  return {
    title,
    pid: child.pid,
    about: await next(),
    ask(text) {
      child.stdin.write(`${text}\n`);
      return next();
    },
    async end() {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Kills all servers. */
export function killServers() {
  for (const child of running) child.kill('SIGKILL');
}
