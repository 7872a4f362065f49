import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LiveRun } from '#tasks/report/serve/live-runs';
import type { LiveSteps } from '#tasks/report/serve/live-steps';
import { cellsOf, firstChosen, timeText } from '#tasks/report/serve/page/serve-script';
import { serveRuns } from '#tasks/report/serve/server';
import { opened, searchEvent, temporaryFolder } from '#test/jobs/runs/run-fixture';
import { madeRun } from '#test/tasks/report/run/report-fixture';

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves the runs until the test ends; `ask` sends a path unchanged. */
async function served(root: string) {
  const server = await serveRuns(root, 0);
  onTestFinished(() => server.close());
  const { hostname, port } = new URL(server.address);
  const ask = (path: string, { method = 'GET', headers = {} }: Asking = {}) =>
    new Promise<Got>((resolve, reject) => {
      request({ hostname, port, path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      })
        .on('error', reject)
        .end();
    });
  const steps = async (runs: readonly (readonly [id: string, token: string])[], key = '') => {
    const query = new URLSearchParams({ key });
    for (const [id, token] of runs) {
      query.append('run', id);
      query.append('token', token);
    }
    return JSON.parse((await ask(`/api/steps?${query}`)).text) as LiveSteps;
  };
  return { ...server, hostname, port: Number(port), ask, steps };
}

describe('the server', () => {
  it('serves the page and its files on the loopback interface, with a policy that allows nothing from elsewhere', async () => {
    const { ask, hostname } = await served(temporaryFolder());
    expect(hostname).toBe('127.0.0.1');
    const { text, headers } = await ask('/');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect([headers['x-content-type-options'], headers['cache-control']]).toEqual(['nosniff', 'no-store']);
    expect(text).not.toMatch(/<script>|style=|https?:/);
    const links = [...text.matchAll(/ (?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path as string);
    const imports = [...(await ask('/serve-script.js')).text.matchAll(/^import .* from '(.*)';$/gm)].map(
      ([, path]) => path as string,
    );
    expect(imports.sort()).toEqual(['/report-script.js', '/vega-interpreter.js']);
    for (const path of [...links, ...imports]) expect((await ask(path)).status, path).toBe(200);
    expect((await ask('/vega-interpreter.js')).text).not.toMatch(/^import/m);
  });

  it('answers only requests to this host, of no other origin', async () => {
    const { ask, port } = await served(temporaryFolder());
    const status = async (headers: Record<string, string>) => (await ask('/api/runs', { headers })).status;
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await status({ host: `${host}:${port}`, origin: `http://${host}:${port}` })).toBe(200);
    }
    const hosts = ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `[::1]:${port}`];
    for (const host of hosts) expect(await status({ host }), host).toBeGreaterThanOrEqual(400);
    const origins = [
      'http://evil.example',
      `https://localhost:${port}`,
      'null',
      `http://localhost:${port}.evil.example`,
    ];
    for (const origin of origins) expect(await status({ origin }), origin).toBe(403);
    const raw = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /api/runs HTTP/1.0\r\n\r\n'));
      socket.on('data', (part) => {
        text += part;
      });
      socket.on('close', () => resolve(text));
    });
    expect(raw).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('reads only', async () => {
    const { ask } = await served(temporaryFolder());
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await ask('/api/runs', { method });
      expect([status, headers.allow], method).toEqual([405, 'GET, HEAD']);
    }
    const [head, get] = [await ask('/', { method: 'HEAD' }), await ask('/')];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
  });

  it('finds nothing at hostile paths', async () => {
    const { ask } = await served(temporaryFolder());
    const paths = [
      ...['/../package.json', '/%2e%2e/package.json', '//etc/passwd', '/..%2f..%2fetc/passwd', '/style.css/../../x'],
      ...['/a/events.jsonl', '/./', '/%00', '/\\..\\..', '*', 'http://127.0.0.1/', '/style.css%00.js', '/API/runs'],
    ];
    for (const path of paths) expect((await ask(path)).status, path).toBe(404);
  });

  it('shows nothing outside of its folder, whatever a run is called and links lead to', async () => {
    const outside = temporaryFolder();
    madeRun({ root: outside, id: 'secret' });
    const root = join(outside, 'runs');
    mkdirSync(root);
    symlinkSync(join(outside, 'secret'), join(root, 'linked'));
    for (const file of ['events.jsonl', 'state.json', 'config.yaml']) {
      const folder = madeRun({ root, id: `with-${file}` });
      rmSync(join(folder, file));
      symlinkSync(join(outside, 'secret', file), join(folder, file));
    }
    madeRun({ root, id: 'own' });
    const { ask, steps } = await served(root);
    const ids = (JSON.parse((await ask('/api/runs')).text) as LiveRun[]).map(({ id }) => id);
    expect(ids).toEqual(['own']);
    const names = ['../secret', 'linked', 'with-events.jsonl', 'with-state.json', 'with-config.yaml', '..', '.', ''];
    const absolute = join(outside, 'secret');
    const { runs } = await steps([...names.slice(0, 7), absolute].map((name) => [name, '']));
    expect(runs).toEqual([]);
    expect((await ask(`/api/steps?${'run=own&'.repeat(9)}`)).status).toBe(400);
  });

  it('refuses a port in use, and frees its port', async () => {
    const first = await serveRuns(temporaryFolder(), 0);
    const port = Number(new URL(first.address).port);
    const problem = `--port ${port}: expected a free port; got one in use`;
    await expect(serveRuns(temporaryFolder(), port)).rejects.toThrow(problem);
    await first.close();
    const second = await serveRuns(temporaryFolder(), port);
    await second.close();
  });
});

describe('the steps of a run', () => {
  it('are sent once, and whole again when the log has lost some', async () => {
    const root = temporaryFolder();
    const folder = madeRun({ root, id: 'a', result: undefined });
    const log = join(folder, 'events.jsonl');
    const { steps } = await served(root);
    const first = await steps([['a', '']]);
    expect(first.charts?.map(({ id }) => id)).toEqual(['steps-reward', 'steps-quality', 'steps-cost-0', 'steps-loss']);
    const [a] = first.runs;
    expect(a?.isWhole).toBe(true);
    expect(a?.records.map(({ from, step, reward, cost0 }) => [from, step, reward, cost0])).toEqual([
      [0, 20, 0.2, 90_000],
      [20, 40, 0.4, 90_000],
    ]);
    const again = await steps([['a', a?.token ?? '']], first.key);
    expect(again).toEqual({ key: first.key, runs: [{ id: 'a', token: a?.token, isWhole: false, records: [] }] });

    const line = JSON.stringify(searchEvent({ step: 60 }));
    appendFileSync(log, line.slice(0, 50));
    expect((await steps([['a', a?.token ?? '']], first.key)).runs[0]?.records).toEqual([]);
    appendFileSync(log, `${line.slice(50)}\n`);
    const [later] = (await steps([['a', a?.token ?? '']], first.key)).runs;
    expect(later?.records.map(({ from, step }) => [from, step])).toEqual([[40, 60]]);

    const [kept = ''] = readFileSync(log, 'utf8').split('\n');
    writeFileSync(log, `${kept}\n`); // as resuming does
    const [cut] = (await steps([['a', later?.token ?? '']], first.key)).runs;
    expect([cut?.isWhole, cut?.records.map(({ step }) => step)]).toEqual([true, [20]]);
    rmSync(folder, { recursive: true });
    expect((await steps([['a', cut?.token ?? '']], first.key)).runs).toEqual([]);
  });

  it('of a long run are merged in the first answer', async () => {
    const root = temporaryFolder();
    madeRun({ root, id: 'a', logged: Array.from({ length: 3000 }, (_, i) => i + 1) });
    const { steps } = await served(root);
    const [a] = (await steps([['a', '']])).runs;
    expect([a?.records.length, a?.records.at(-1)?.['step']]).toEqual([1500, 3000]);
  });
});

describe('the list of runs', () => {
  it('has the state, the speed and the time left of a run in progress', async () => {
    const root = temporaryFolder();
    const config = JSON.stringify({ coarse: { batch: 100, samplesPerStep: 4 } });
    const run = opened(root, { id: 'a', config, steps: 400 });
    run.openLog('events', 0).append(searchEvent({ step: 40, imagesPerSecond: 1000 }));
    const { ask } = await served(root);
    expect(JSON.parse((await ask('/api/runs')).text)).toEqual([
      {
        ...{ id: 'a', stage: 'coarse', status: 'running', step: 40, steps: 400, reason: null },
        ...{ loss: 1.2, quality: 0.81, reward: 0.8, costs: [{ title: 'MACs', value: 10.5, target: 9 }] },
        ...{ stepsPerSecond: 2.5, secondsLeft: 144 },
      },
    ]);
    run.finish('failed', 'no space');
    writeFileSync(join(root, 'a', 'events.jsonl'), '');
    const [ended] = JSON.parse((await ask('/api/runs')).text) as LiveRun[];
    expect(ended).toMatchObject({ status: 'failed', reason: 'no space', loss: null, secondsLeft: null });
  });

  it('is shown as text', () => {
    const run: LiveRun = {
      ...{
        id: 'a',
        stage: 'fine',
        status: 'running',
        step: 40,
        steps: 400,
        reason: null,
        loss: 1.23456,
        quality: null,
      },
      ...{ reward: 0.5, costs: [{ title: 'MACs', value: 90, target: 100 }], stepsPerSecond: 2.5, secondsLeft: 3725 },
    };
    expect(cellsOf(run)).toEqual([
      ...['fine', 'running', '40 of 400', '2.500', '1 h 02 min', '1.235', '', '0.5000'],
      'MACs 90.00, target 100.0 (-10.0 %)',
    ]);
    expect([59.6, 61, 0].map(timeText)).toEqual(['1 min 00 s', '1 min 01 s', '0 s']);
    const runs = Array.from({ length: 10 }, (_, i) => ({ id: `${i}`, status: 'done' as const }));
    expect(firstChosen(runs)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
    expect(firstChosen([...runs, { id: 'x', status: 'running' }])).toEqual(['x']);
  });
});
