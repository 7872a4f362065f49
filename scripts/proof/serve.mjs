#!/usr/bin/env node
// Proves the page of `runs serve` in Chromium: it follows runs that appear, go on, lose steps and disappear. Every
// request must go to the server, no console message may appear, charts must have the lines of the chosen runs, axe-core
// must find no violation in light and dark, and SIGINT must end the server with 0. Exits with 1 if one of these fails.
// Run after `npm run build` and `npm run proof:report:install`; takes a minute: npm run proof:serve -- [--shots FOLDER]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeMadeRun } from './report/made-run.mjs';
import { chromium, isInstalled, tool } from './report/tools.mjs';

const { values } = parseArgs({ options: { shots: { type: 'string' } } });
const executablePath = chromium();
if (!isInstalled() || executablePath === undefined) {
  console.error('serve: the browser is not installed; run `npm run proof:report:install`');
  process.exit(5);
}
const root = mkdtempSync(join(tmpdir(), 'mnv4-serve-'));
const made = { root, steps: 2000, logEvery: 20, space: 'mnv4-conv-m.coarse' };
const findings = [];
const expect = (holds, what) => void (holds || findings.push(what));
const program = join(import.meta.dirname, '../../dist/cli/main.js');
const server = spawn(process.execPath, [program, 'runs', 'serve', '--root', root, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => server.on('exit', (status, signal) => resolve(status ?? signal)));
const browser = await tool('playwright-core').chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const address = await new Promise((resolve) => {
    server.stdout.on('data', (text) => resolve(String(text).split(' ')[0]));
  });
  writeMadeRun({ ...made, id: 'seed-1', seed: 1, until: 1000 });
  await followed(await opened(address));
  for (const colorScheme of ['light', 'dark']) await provenAccess(address, colorScheme);
  server.kill('SIGINT');
  const status = await ended;
  expect(status === 0, `SIGINT ends the server with ${status}`);
} finally {
  server.kill('SIGKILL');
  await browser.close();
  rmSync(root, { recursive: true, force: true });
}
for (const finding of findings) console.log(`FAILED ${finding}`);
if (findings.length === 0) console.log('all checks passed');
process.exitCode = findings.length === 0 ? 0 : 1;

async function opened(address, options = {}) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
  page.on('request', (request) => expect(request.url().startsWith(address), `requests ${request.url()}`));
  page.on('console', (message) => expect(false, `console: ${message.text()}`));
  page.on('pageerror', (error) => expect(false, `error: ${error.message}`));
  await page.goto(address);
  await page.waitForSelector('html[data-ready]', { timeout: 120_000 });
  return page;
}

/** The runs change while the page is open. */
async function followed(page) {
  const lines = () =>
    page.$$eval('.chart', (charts) =>
      charts.map((chart) =>
        [...chart.querySelectorAll('.mark-line path')].map((path) => (path.getAttribute('d') ?? '').split('L').length),
      ),
    );
  const rows = () => page.$$eval('tbody tr', (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  const reward = async () => (await lines())[0] ?? [];
  await becomes('the first run is drawn', async () => (await reward()).join() === '50');
  expect((await lines()).length === 4, `${(await lines()).length} charts of a search with one cost`);
  if (values.shots !== undefined) await page.screenshot({ path: join(values.shots, 'serve.png'), fullPage: true });

  replace('seed-1', 1100);
  await becomes('new steps are drawn', async () => (await reward()).join() === '55');
  replace('seed-1', 900); // as a resumed run does
  await becomes('lost steps disappear', async () => (await reward()).join() === '45');
  writeMadeRun({ ...made, id: 'seed-2', seed: 2, until: 500 });
  await becomes('a new run is listed', async () => (await rows()).length === 2);
  await page.focus('input[aria-label="draw seed-2"]');
  await page.keyboard.press('Space');
  await becomes('a chosen run is drawn', async () => (await reward()).sort().join() === '25,45');
  rmSync(join(root, 'seed-1'), { recursive: true });
  await becomes('a run that is removed disappears', async () => (await reward()).join() === '25');
  mkdirSync(join(root, 'trained'));
  const state = { version: 1, id: 'trained', stage: 'train', status: 'stopped', step: 2, steps: 4 };
  writeFileSync(join(root, 'trained', 'state.json'), JSON.stringify(state));
  const machine = { imagesPerSecond: 1, dataWait: 0, memoryMb: 1, tensors: 0 };
  const events = [1, 2].map((step) => JSON.stringify({ step, loss: 1 / step, learningRate: 0.1, ...machine }));
  writeFileSync(join(root, 'trained', 'events.jsonl'), `${events.join('\n')}\n`);
  await becomes('a training is listed', async () => (await rows()).some(([, id]) => id === 'trained'));
  await page.check('input[aria-label="draw trained"]');
  await becomes('its loss is drawn', async () => ((await lines()).at(-1) ?? []).includes(2));
}

/** Replaces a run by one with this many steps, keeping its seed. */
function replace(id, until) {
  const log = join(root, id, 'events.jsonl');
  const before = readFileSync(log, 'utf8');
  rmSync(join(root, id), { recursive: true });
  writeMadeRun({ ...made, id, seed: 1, until });
  expect(before !== readFileSync(log, 'utf8'), 'the log did not change');
}

async function provenAccess(address, colorScheme) {
  const page = await opened(address, { colorScheme, bypassCSP: true });
  await becomes('a chart is drawn', async () => (await page.$$('.chart svg')).length > 0);
  await page.addScriptTag({ content: tool('axe-core').source });
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  expect(passes.length > 10, `axe-core ran ${passes.length} rules`);
  for (const { id, help, nodes } of violations) expect(false, `${colorScheme}: ${id}, ${help}: ${nodes[0].html}`);
  if (values.shots !== undefined)
    await page.screenshot({ path: join(values.shots, `serve-${colorScheme}.png`), fullPage: true });
  await page.close();
}

async function becomes(what, holds) {
  for (const start = Date.now(); Date.now() - start < 60_000; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(false, `after a minute not yet: ${what}`);
}
