// Compares Inception crops with torchvision's: the distributions of area and aspect, and how often no rectangle fits.
import { randomStream } from '#core/random';
import { inceptionRectangle, randomRectangle } from '#data/images/augment/random-rectangle';

const count = 20_000;
const area = [0.08, 1];
const aspect = [3 / 4, 4 / 3];
const sizes = [
  [375, 500],
  [224, 224],
  [100, 1000],
  [1000, 100],
];

/**
 * Returns for each size of image the largest distance between the distribution functions (Kolmogorov-Smirnov) of the
 * area and of the aspect of 20,000 crops in whole pixels, the mean area, and the share of fall-backs, ours and theirs.
 */
export async function comparedCrops(others) {
  const results = [];
  for (const [height, width] of sizes) {
    const theirs = await others.ask(JSON.stringify({ crops: [height, width], area, aspect, count }));
    const ours = ourCrops({ height, width });
    const [a, b] = [ours.crops, theirs].map((crops) => crops.map(([, , h, w]) => (h * w) / (height * width)));
    const [c, d] = [ours.crops, theirs].map((crops) => crops.map(([, , h, w]) => Math.log(w / h)));
    results.push({
      size: `${height}x${width}`,
      areaDistance: distance(a, b),
      aspectDistance: distance(c, d),
      meanArea: [mean(a), mean(b)],
      fallBack: [ours.fallBack, theirFallBack(theirs, height, width)],
    });
  }
  return results;
}

function ourCrops(size) {
  const rectangles = Array.from({ length: count }, (_, i) =>
    inceptionRectangle(size, { area, aspect }, randomStream(`crop/${i}`)),
  );
  const none = rectangles.filter((_, i) => !randomRectangle(size, { area, aspect }, randomStream(`crop/${i}`)));
  const crops = rectangles.map(({ top, left, height, width }) => [top, left, height, width].map(Math.round));
  return { crops, fallBack: none.length / count };
}

/** The share of crops that are the largest central one with an aspect of the range. */
function theirFallBack(crops, height, width) {
  const [high, wide] = [Math.min(height, width / aspect[0]), Math.min(width, height * aspect[1])].map(Math.round);
  const place = [Math.floor((height - high) / 2), Math.floor((width - wide) / 2)];
  const same = crops.filter((crop) => crop.join() === [...place, high, wide].join());
  return same.length / crops.length;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function distance(a, b) {
  const [x, y] = [a, b].map((values) => Float64Array.from(values).sort());
  let [i, j, largest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i], y[j]);
    while (x[i] <= at) i++;
    while (y[j] <= at) j++;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}
