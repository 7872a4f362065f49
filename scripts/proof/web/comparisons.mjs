// Compares what a page computes with what this program does from the same files.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { storedPicture } from '#data/images/decode/decode';
import { centralRectangle } from '#data/images/fit';
import { logitsWith } from '#networks/nn/frozen-network';
import { inputShape } from '#networks/space/resolution';
import { difference } from '#tasks/export/check-export';
import { relativeError } from '#tasks/export/int8/relative-error';
import { classified, opened } from './browser.mjs';
import { served } from './server.mjs';

const tolerance = 1e-4; // of the largest logit, in float32
const mostOff = 3; // of 255, of a pixel of a JPEG, which two decoders may round differently

/** Yields, for each runtime of a page and each picture, how far pixels and logits are from ours. */
export async function* comparisons(browser, exported, expect) {
  const { page: folder, pictures, int8 } = exported;
  const server = await served(folder);
  try {
    const offered = (page) => page.$$eval('input[name=runtime]', (radios) => radios.map(({ value }) => value));
    const runtimes = (await opened(browser, server.address, expect, offered)) ?? [];
    expect(runtimes.includes('litert-int8') === (int8 !== null), `offers ${runtimes}`);
    for (const runtime of runtimes) {
      const events = [];
      await opened(browser, server.address, expect, async (page) => {
        await page.check(`input[name=runtime][value="${runtime}"]`);
        for (const file of Object.values(pictures))
          events.push([file, await classified(page, () => page.setInputFiles('#file', file))]);
      });
      for (const [file, event] of events) {
        expect(event.complaint === undefined, `${runtime}: ${event.complaint}`);
        if (event.complaint === undefined) yield await compared(exported, runtime, file, event, expect);
      }
    }
  } finally {
    await server.end();
  }
}

async function compared({ network, weights, centralCrop, int8 }, runtime, file, event, expect) {
  const [height, width, channels] = inputShape(network.input);
  const picture = basename(file);
  const expected = await ourPixels(file, { height, width, centralCrop }, channels);
  const logitsOf = (images) => logitsWith(network, weights, { n: 1, images }, 1);
  const found = Float32Array.from(event.logits);
  const seen = Uint8Array.from(event.pixels);
  const pixels = pixelDifference(seen, expected);
  const own = logitsOf(seen);
  const isInt8 = runtime === 'litert-int8';
  const bound = isInt8 ? 2 * int8.errors[int8.rule] : tolerance;
  const far = isInt8 ? relativeError(found, own) : difference(found, own).maxRelative;
  const [top, ourTop] = [topOf(found), topOf(logitsOf(expected))];
  expect(
    pixels.most <= (picture.endsWith('.png') ? 0 : mostOff),
    `${runtime}: ${picture}: a pixel differs by ${pixels.most}`,
  );
  expect(far <= bound, `${runtime}: ${picture}: logits differ by ${far}; at most ${bound}`);
  expect(top === ourTop, `${runtime}: ${picture}: class ${top} on top; ours is ${ourTop}`);
  expect(event.runtime === runtime && event.ms > 0, `${runtime}: reports ${event.runtime}, ${event.ms} ms`);
  return { runtime, picture, pixels, difference: far, bound, top: top === ourTop ? 'same' : 'other', ms: event.ms };
}

/** Pixels of a picture as the evaluation has them; a grey network gets grey PNGs, and luma of others. */
async function ourPixels(file, fit, channels) {
  const picture = storedPicture(readFileSync(file), file);
  if (channels === 3) return (await picture.view(centralRectangle(picture, fit), fit)).pixels;
  const { grey } = await import('#tasks/export/web/page/picture');
  const { resized } = await import('#data/images/augment/resample');
  const image = grey(await picture.whole());
  return resized(image, centralRectangle(image, fit), fit).pixels;
}

/** The share of the pixels' channels that differ, and the largest difference. */
function pixelDifference(found, expected) {
  if (found.length !== expected.length)
    throw new Error(`expected ${expected.length} channels of pixels; got ${found.length}`);
  const differences = found.map((value, i) => Math.abs(value - expected[i]));
  return { share: differences.filter((d) => d > 0).length / found.length, most: Math.max(...differences) };
}

function topOf(logits) {
  return logits.indexOf(Math.max(...logits));
}
