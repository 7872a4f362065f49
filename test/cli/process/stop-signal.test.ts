import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '#core/machine/processes';
import { stopSignals } from '#core/machine/stop-signals';

const asker = resolve('test/cli/asker.mjs');
const ours = [process.execPath, asker];

/** Starts a command in a new process group, which is killed when the test ends. */
function started(
  command: readonly string[],
  { input = 'ignore', ...options }: { env?: NodeJS.ProcessEnv; cwd?: string; input?: 'ignore' | 'pipe' } = {},
): ChildProcess {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { detached: true, stdio: [input, 'pipe', 'ignore'], ...options });
  onTestFinished(() => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {
      // all have ended
    }
  });
  return child;
}

/** Resolves to the id of the process once it prints that it is ready. */
function ready({ stdout }: ChildProcess): Promise<number> {
  return new Promise((heard) => {
    let said = '';
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const pid = /ready (\d+)/.exec(said)?.[1];
      if (pid !== undefined) heard(Number(pid));
    });
  });
}

/** Resolves once the process has polled several more times and found no reason to stop. */
function goesOn({ stdout }: ChildProcess): Promise<void> {
  const since = Date.now();
  let looks = 0;
  return new Promise((heard) => {
    stdout?.on('data', (text: string) => {
      const times = [...text.matchAll(/looked (\d+)\n/g)].map(([, ms]) => Number(ms));
      looks += times.filter((ms) => ms > since).length;
      if (looks >= 3) heard();
    });
  });
}

function endOf(child: ChildProcess): Promise<number | string | null> {
  return new Promise((ended) => child.once('exit', (code, signal) => ended(signal ?? code)));
}

async function hasGone(pid: number): Promise<boolean> {
  for (let looks = 0; looks < 200 && isAlive(pid); looks++) await new Promise((passed) => setTimeout(passed, 50));
  return !isAlive(pid);
}

/** Resolves to the end of a process that gets a signal once it is ready. */
async function ends(words: readonly string[], signal: NodeJS.Signals, env = {}): Promise<number | string | null> {
  const child = started([...ours, ...words], { env: { ...process.env, ...env } });
  const ended = endOf(child);
  process.kill(await ready(child), signal);
  return ended;
}

describe('a signal', () => {
  it.each(stopSignals)('%s is a request to stop for work that polls', async (signal) => {
    expect(await ends(['works'], signal)).toBe(75);
  });

  it.each(stopSignals)('%s at once ends a command whose work has not begun', async (signal) => {
    expect(await ends(['idles'], signal)).toBe(signal === 'SIGINT' ? 130 : 75);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const)(
    '%s is left to the system by a short command',
    async (signal) => {
      expect(await ends(['deaf'], signal)).toBe(signal);
    },
  );

  it.runIf(process.platform === 'linux')('SIGUSR1 is heard as soon as Node itself handles it', async () => {
    const child = started([process.execPath, '--debug-port=0', asker, 'works']); // the usual port may be taken
    const ended = endOf(child);
    const catches = () => {
      const caught = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? '0';
      return (BigInt(`0x${caught}`) & (1n << 9n)) !== 0n;
    };
    while (!catches()); // until then it ends the process
    child.kill('SIGUSR1');
    expect(await ended).toBe(75);
  });
});

describe.runIf(process.platform === 'linux')('nohup', () => {
  it('is recognised by the name that shells leave, and makes a hangup have no effect', async () => {
    const env = { _: '/usr/bin/nohup' };
    const children = ['works', 'deaf'].map((word) => started([...ours, word], { env: { ...process.env, ...env } }));
    for (const child of children) process.kill(await ready(child), 'SIGHUP');
    await Promise.all(children.map(goesOn));
    expect(await ends(['works'], 'SIGTERM', env)).toBe(75);
  });

  it('is recognised by the input that cannot be read', async () => {
    const child = started(['sh', '-c', 'exec "$@" 0>/dev/null', 'sh', ...ours, 'works']);
    process.kill(await ready(child), 'SIGHUP');
    await goesOn(child);
  });
});

const hasNpm = process.platform === 'linux' && spawnSync('npm', ['--version']).status === 0;

describe.skipIf(!hasNpm)('npm', () => {
  /** Runs a package script in which `$0` is the polling process. */
  function npmRun(script: string): ChildProcess {
    const folder = mkdtempSync(join(tmpdir(), 'mnv4-npm-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const command = `'${process.execPath}' '${asker}' works`;
    const scripts = { go: script.replaceAll('$0', command), outer: 'npm run go' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a', scripts }));
    const env = { ...process.env, npm_config_update_notifier: 'false', npm_config_cache: join(folder, 'cache') };
    return started(['npm', 'run', script.includes('outer') ? 'outer' : 'go'], { cwd: folder, env });
  }

  it.each([
    ['SIGTERM', '$0'],
    ['SIGKILL', '$0'],
    ['SIGHUP', 'true && $0'],
    ['SIGUSR2', '$0'],
    ['SIGTERM', '$0 || true # outer'],
  ] as const)('that ends by %s stops the program started by its script %s', async (signal, script) => {
    const npm = npmRun(script);
    const pid = await ready(npm);
    npm.kill(signal);
    expect(await hasGone(pid)).toBe(true);
  });

  it.each(['setsid $0 & sleep 1', 'env _=/usr/bin/nohup $0 & sleep 1'])(
    'leaves the program running where its script %s detaches it',
    async (script) => {
      const npm = npmRun(script);
      const pid = await ready(npm);
      onTestFinished(() => void process.kill(pid, 'SIGKILL'));
      const ended = endOf(npm);
      npm.kill('SIGTERM');
      await ended;
      await goesOn(npm);
    },
  );

  it('counts, a shell does not: a program in the background outlives the shell that started it', async () => {
    const shell = started(['sh', '-c', '"$@" & read line', 'sh', ...ours, 'works'], { input: 'pipe' });
    const ended = endOf(shell);
    await ready(shell);
    shell.stdin?.end();
    await ended;
    await goesOn(shell);
  });
});
