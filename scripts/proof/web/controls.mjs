// Proves what people do with a page: keyboard, drop, paste, broken files, no WebGL, no server, narrow windows, dark mode.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../report/tools.mjs';
import { classified, opened, openedAsFile } from './browser.mjs';
import { served } from './server.mjs';
import { classNames } from './shapes.mjs';

export async function provenControls({ browser, exported, expect, shots }) {
  const { page: folder, pictures } = exported;
  const server = await served(folder);
  const open = (use, options) => opened(browser, server.address, expect, use, options);
  try {
    await open((page) => provenResult(page, pictures, expect));
    await open((page) => provenKeyboard(page, pictures, expect));
    await open((page) => provenDropAndPaste(page, pictures, expect));
    for (const colorScheme of ['light', 'dark']) {
      await open((page) => provenAccess(page, { pictures, colorScheme, expect, shots }), {
        colorScheme,
        bypassCSP: true,
      });
    }
    await open((page) => provenOnPhone(page, { pictures, expect, shots }), {
      viewport: { width: 360, height: 760 },
      hasTouch: true,
      isMobile: true,
    });
    await open((page) => provenWithoutRelaxedSimd(page, pictures, server.asked, expect), { init: withoutRelaxedSimd });
    await opened(browser, server.address, quiet(expect), (page) => provenWithoutWebgl(page, pictures, expect), {
      init: withoutWebgl,
    });
    const text = await openedAsFile(browser, join(folder, 'index.html'));
    for (const part of ['The page has not started.', 'file://', 'python3 -m http.server'])
      expect(text.includes(part), `opened as a file it does not say ${part}`);
    expect(
      server.asked.every((path) => path.startsWith('/some/where/')),
      `asks for ${server.asked}`,
    );
  } finally {
    await server.end();
  }
}

/** For what TensorFlow.js writes to the console as an error and the page tells in its place. */
const quiet = (expect) => (holds, what) => expect(holds || what.startsWith('console:'), what);

const choose = (page, file) => classified(page, () => page.setInputFiles('#file', file));

/** Five classes at most, the most probable first, of the names that the network learned; a time for each runtime. */
async function provenResult(page, pictures, expect) {
  const { logits } = await choose(page, pictures['exact.png']);
  await classified(page, () => page.check('input[value=litert-int8]'));
  await page.waitForSelector('#times tr:nth-child(2)');
  const rows = await page.$$eval('#classes tr', (lines) =>
    lines.map(({ cells: [name, share, place] }) => ({
      name: name.textContent,
      share: Number.parseFloat(share.textContent),
      width: place.firstChild.getBoundingClientRect().width / place.getBoundingClientRect().width,
    })),
  );
  expect(
    rows
      .map(({ name }) => name)
      .sort()
      .join() === classNames.join(),
    `classes ${rows.map(({ name }) => name)}`,
  );
  const shares = rows.map(({ share }) => share);
  expect(
    shares.every((share, i) => i === 0 || share <= shares[i - 1]),
    `probabilities ${shares}`,
  );
  expect(Math.abs(shares.reduce((a, b) => a + b) - 100) < 0.5, `probabilities ${shares}`);
  const top = classNames[logits.indexOf(Math.max(...logits))];
  expect(rows[0].name === top, `${rows[0].name} on top; the logits say ${top}`);
  expect(rows[0].width > rows[1].width, 'the bars do not show the probabilities');
  const times = await page.$$eval('#times tr', (lines) =>
    lines.map(({ cells }) => [...cells].map((c) => c.textContent)),
  );
  expect(times.map(([name]) => name).join() === 'LiteRT,LiteRT, int8', `times of ${times.map(([name]) => name)}`);
  expect(
    times.every(([, ms]) => /^\d[\d.]* ms$/.test(ms)),
    `times ${times}`,
  );
  const said = await page.textContent('#status');
  expect(/^LiteRT, int8: \d[\d.]* ms per inference, the median of \d+ after a warm-up$/.test(said), `says ${said}`);
}

/** By Tab to the picture and the runtimes, whose choice moves by arrows. */
async function provenKeyboard(page, pictures, expect) {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.value);
  const chooser = page.waitForEvent('filechooser', { timeout: 120_000 });
  await page.keyboard.press('Tab');
  expect((await focused()) === 'file', `the first stop of the keyboard is ${await focused()}`);
  const outline = await page.$eval('label[for=file]', (label) => getComputedStyle(label).outlineStyle);
  expect(outline === 'solid', 'the button of the focused input shows no focus');
  await page.keyboard.press('Enter');
  const { complaint } = await classified(page, async () => (await chooser).setFiles(pictures['exact.png']));
  expect(complaint === undefined, `by keyboard: ${complaint}`);
  await page.keyboard.press('Tab');
  expect((await focused()) === 'litert', `the second stop of the keyboard is ${await focused()}`);
  const { runtime } = await classified(page, () => page.keyboard.press('ArrowDown'));
  expect(runtime === 'litert-int8', `an arrow chooses ${runtime}`);
}

async function provenDropAndPaste(page, pictures, expect) {
  const bytes = [...readFileSync(pictures['exact.png'])];
  const give = (type, field, content, name) =>
    page.evaluate(
      ([type, field, content, name]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(content)], name, { type: 'image/png' }));
        const Kind = type === 'paste' ? ClipboardEvent : DragEvent;
        document.body.dispatchEvent(new Kind(type, { [field]: transfer, bubbles: true, cancelable: true }));
      },
      [type, field, content, name],
    );
  const chosen = await choose(page, pictures['exact.png']);
  const ways = { drop: 'dataTransfer', paste: 'clipboardData' };
  for (const [type, field] of Object.entries(ways)) {
    const event = await classified(page, () => give(type, field, bytes, 'picture.png'));
    expect(event.logits?.join() === chosen.logits.join(), `a picture by ${type} gives other logits`);
  }
  const broken = await classified(page, () => give('drop', 'dataTransfer', bytes.slice(0, 40), 'broken.png'));
  expect(
    broken.complaint === 'This browser cannot read broken.png as a picture.',
    `a broken file: ${broken.complaint}`,
  );
  const after = await choose(page, pictures['large.jpg']);
  expect(after.complaint === undefined, 'after a broken file no other can be chosen');
}

async function provenAccess(page, { pictures, colorScheme, expect, shots }) {
  await choose(page, pictures['large.jpg']);
  await classified(page, () => page.check('input[value=tfjs-wasm]'));
  await shot(page, shots, colorScheme);
  await page.addScriptTag({ content: tool('axe-core').source });
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  expect(passes.length > 10, `axe-core ran ${passes.length} rules`);
  for (const { id, help, nodes } of violations) {
    expect(false, `${colorScheme}: ${id}, ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }
}

async function provenOnPhone(page, { pictures, expect, shots }) {
  const { complaint } = await classified(page, () => page.setInputFiles('#camera', pictures['turned.jpg']));
  expect(complaint === undefined, `a photo: ${complaint}`);
  expect(await page.isVisible('label[for=camera]'), 'there is no button for the camera');
  expect((await page.getAttribute('#camera', 'capture')) === 'environment', 'the camera is not asked for');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow <= 0, `${overflow} pixels wider than a phone's window`);
  await shot(page, shots, 'phone');
}

/** Makes the trial of relaxed SIMD fail, a module of a few bytes, as in browsers without it. */
function withoutRelaxedSimd() {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (source, ...more) =>
    source.byteLength < 200
      ? Promise.reject(new WebAssembly.CompileError('no relaxed SIMD'))
      : instantiate.call(WebAssembly, source, ...more);
}

async function provenWithoutRelaxedSimd(page, pictures, asked, expect) {
  const before = asked.length;
  const { complaint } = await choose(page, pictures['exact.png']);
  const { runtime } = await classified(page, () => page.check('input[value=litert-int8]'));
  expect(complaint === undefined && runtime === 'litert-int8', `without relaxed SIMD: ${complaint}`);
  const wasm = asked.slice(before).filter((path) => path.endsWith('.wasm'));
  expect(wasm.length === 1 && wasm[0].includes('compat'), `without relaxed SIMD it loads ${wasm}`);
}

function withoutWebgl() {
  const { getContext } = HTMLCanvasElement.prototype;
  const without = (of) =>
    function (kind, ...more) {
      return /webgl/.test(kind) ? null : of.call(this, kind, ...more);
    };
  HTMLCanvasElement.prototype.getContext = without(getContext);
  OffscreenCanvas.prototype.getContext = without(OffscreenCanvas.prototype.getContext);
}

async function provenWithoutWebgl(page, pictures, expect) {
  await page.check('input[value=tfjs-webgl]');
  const { complaint = 'nothing' } = await choose(page, pictures['exact.png']);
  const isTold = /^TensorFlow\.js, WebGL cannot compute .* Choose another runtime\.$/.test(complaint);
  expect(isTold, `without WebGL it says ${complaint}`);
  const other = await classified(page, () => page.check('input[value=tfjs-wasm]'));
  expect(other.runtime === 'tfjs-wasm', `after WebGL failed: ${other.complaint}`);
}

async function shot(page, shots, name) {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  writeFileSync(join(shots, `${name}.png`), await page.screenshot({ fullPage: name !== 'phone' }));
}
