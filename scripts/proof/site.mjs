#!/usr/bin/env node
// @ts-check
// Proves the site of the documentation in Chromium: it builds the site and opens every page in light, dark and a narrow
// window. No message may appear in the console, no request may go to another server, every link and anchor inside the
// site must lead somewhere, formulas and pictures must be drawn, a search must find a page, a narrow window must not
// scroll sideways, and axe-core must find no violation. Exits with 1 if one of these fails. Run after `npm run build` and
// `npm run proof:report:install`; takes two minutes:
//   npm run proof:site -- [--shots FOLDER] [--pages index,method] [--built]
// `--shots` keeps screenshots of the main pages, `--pages` opens only these pages, `--built` takes the site that is there.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, sections } from '../docs/pages.mjs';
import { nameOf } from '../docs/site/stage.mjs';
import { chromium, isInstalled, tool } from './report/tools.mjs';
import { served } from './web/server.mjs';

const { values } = parseArgs({
  options: { shots: { type: 'string' }, pages: { type: 'string' }, built: { type: 'boolean' } },
});
const executablePath = chromium();
if (!isInstalled() || executablePath === undefined) fail(5, 'no browser; run `npm run proof:report:install`');
if (!values.built) {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/docs/site/build.mjs')], { stdio: 'inherit' });
  if (status !== 0) fail(status ?? 1, 'the site could not be built');
}

const names = values.pages?.split(',') ?? Object.values(sections).flat().map(nameOf);
const photographed = ['index', 'tutorial', 'method', 'comparison', 'config'];
/** @type {{ name: string, options: object }[]} */
const looks = [
  { name: 'light', options: { colorScheme: 'light', viewport: { width: 1280, height: 900 } } },
  { name: 'dark', options: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } } },
  { name: 'narrow', options: { colorScheme: 'light', viewport: { width: 390, height: 844 } } },
];
/** @type {string[]} */
const findings = [];
let [opened, passes] = [0, 0];
/** @type {Map<string, { ids: string[], links: string[] }>} */
const maps = new Map();

const site = await served(join(root, 'site'), '/');
const browser = await tool('playwright-core').chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const { name, options } of looks) {
    const context = await browser.newContext({ ...options, bypassCSP: true });
    for (const page of names) await prove(context, page, name);
    await context.close();
  }
  await proveSearch();
  proveLinks();
} finally {
  await browser.close();
  await site.end();
}
for (const finding of findings) console.log(`FAILED ${finding}`);
console.log(
  `${names.length} pages, opened ${opened} times; axe-core passed ${passes} rules; ${findings.length} findings`,
);
process.exitCode = findings.length === 0 ? 0 : 1;

/**
 * @param {any} context
 * @param {string} name
 * @param {string} look
 */
async function prove(context, name, look) {
  const expect = (/** @type {boolean} */ holds, /** @type {string} */ what) =>
    void (holds || findings.push(`${name}, ${look}: ${what}`));
  const page = await context.newPage();
  page.on('request', (/** @type {any} */ one) =>
    expect(one.url().startsWith(site.address) || one.url().startsWith('data:'), `requests ${one.url()}`),
  );
  page.on('console', (/** @type {any} */ message) => expect(false, `console: ${message.text()}`));
  page.on('pageerror', (/** @type {Error} */ error) => expect(false, `error: ${error.message}`));
  await page.goto(`${site.address}${name}.html`, { waitUntil: 'networkidle' });
  opened++;
  if (look === 'light') maps.set(name, await mapOf(page));
  const drawn = await page.evaluate(() => ({
    formulas: [...document.querySelectorAll('math')].filter((one) => one.getBoundingClientRect().width < 3).length,
    pictures: [...document.images].filter((one) => one.complete && one.naturalWidth === 0).length,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
  }));
  expect(drawn.formulas === 0, `${drawn.formulas} formulas are not drawn`);
  expect(drawn.pictures === 0, `${drawn.pictures} pictures are not drawn`);
  expect(drawn.overflow <= 0, `${drawn.overflow} pixels wider than the window`);
  if (values.shots !== undefined && photographed.includes(name)) {
    await page.screenshot({ path: join(values.shots, `${name}-${look}.png`) });
  }
  if (look === 'narrow' && !photographed.includes(name)) return void (await page.close());
  // all rows of a table are made alike, and axe-core needs minutes for thousands of cells
  await page.$$eval('.vp-doc tbody tr:nth-child(n + 20)', (/** @type {Element[]} */ rows) => {
    for (const row of rows) row.remove();
  });
  await page.addScriptTag({ content: tool('axe-core').source });
  const found = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  passes += found.passes.length;
  expect(found.passes.length > 10, `axe-core ran ${found.passes.length} rules`);
  for (const { id, help, nodes } of found.violations) {
    const where = nodes.slice(0, 3).map((/** @type {any} */ { html }) => html.slice(0, 140));
    expect(false, `${id}, ${help}: ${nodes.length} times: ${where.join(' | ')}`);
  }
  await page.close();
}

/**
 * Returns the ids of a page and its links inside the site.
 *
 * @param {any} page
 */
function mapOf(page) {
  return page.evaluate(() => ({
    ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
    links: [.../** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('.vp-doc a[href]'))]
      .map(({ href }) => href)
      .filter((href) => href.startsWith(location.origin)),
  }));
}

function proveLinks() {
  for (const [name, { links }] of maps) {
    for (const link of links) {
      const { pathname, hash } = new URL(link);
      const target = pathname.replace(/^\/|\.html$/g, '') || 'index';
      const ids = maps.get(target)?.ids;
      if (ids === undefined) {
        if (values.pages === undefined) findings.push(`${name}: ${link} leads to no page`);
      } else if (hash !== '' && !ids.includes(decodeURIComponent(hash.slice(1)))) {
        findings.push(`${name}: ${link} leads to no heading`);
      }
    }
  }
}

async function proveSearch() {
  const page = await browser.newPage();
  await page.goto(site.address, { waitUntil: 'networkidle' });
  await page.click('.DocSearch-Button');
  await page.fill('.search-input', 'ridge point');
  const results = page.locator('#localsearch-list a');
  await results
    .first()
    .waitFor({ timeout: 20_000 })
    .catch(() => {});
  const hrefs = await results.evaluateAll((/** @type {HTMLAnchorElement[]} */ all) => all.map(({ href }) => href));
  const isFound = hrefs.some((/** @type {string} */ href) => href.includes('roofline'));
  if (!isFound) findings.push(`search: no page about ridge points among ${hrefs.length} results`);
  await page.close();
}

/**
 * @param {number} status
 * @param {string} message
 */
function fail(status, message) {
  console.error(message);
  process.exit(status);
}
