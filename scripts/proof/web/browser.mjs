// A page of a web export in Chromium, used as people do; what it must not do is a finding.
import { pathToFileURL } from 'node:url';

/**
 * Opens an address until the page is ready, lets `use` work with it, and closes it. Each error in the console, each
 * request elsewhere and each answer of 400 or more is a finding. `init` runs in the page before its scripts.
 */
export async function opened(browser, address, expect, use, { init, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
  if (init !== undefined) await context.addInitScript(init);
  const page = await context.newPage();
  page.on('request', (request) => {
    const url = request.url();
    expect(url.startsWith(address) || /^(blob|data):/.test(url), `requests ${url}`);
  });
  page.on('response', (response) => expect(response.status() < 400, `${response.status()} for ${response.url()}`));
  page.on('console', (line) => expect(line.type() !== 'error', `console: ${line.text()}`));
  page.on('pageerror', (error) => expect(false, `error: ${error.message}`));
  await page.goto(address);
  await page.waitForSelector('html[data-ready]', { timeout: 60_000 });
  await page.evaluate(() => {
    globalThis.classified = [];
    document.addEventListener('classified', ({ detail: { logits, pixels, ...rest } }) => {
      globalThis.classified.push({ ...rest, logits: [...logits], pixels: [...pixels] });
    });
  });
  try {
    return await use(page);
  } catch (error) {
    expect(false, `${use}: ${error.message}`);
  } finally {
    await context.close();
  }
}

/** Does something that makes the page classify; returns the event `classified`, or what the page complains about. */
export async function classified(page, act) {
  const before = await page.evaluate(() => globalThis.classified.length);
  await act();
  return settled(page, before);
}

/** Waits until the page has classified more often than before, or complains. */
async function settled(page, before) {
  for (const start = Date.now(); Date.now() - start < 300_000; ) {
    const found = await page.evaluate((n) => {
      const complaint = document.getElementById('failure').textContent;
      return globalThis.classified[n] ?? (complaint === '' ? null : { complaint });
    }, before);
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { complaint: 'nothing after 5 minutes' };
}

/** The message of `index.html` opened as a file; empty if it is not shown. */
export async function openedAsFile(browser, file) {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.waitForTimeout(2000);
  const text = (await page.isVisible('#unstarted')) ? await page.textContent('#unstarted') : '';
  await page.close();
  return text;
}
