// Compares the distribution of Inception crops with torchvision's: areas, aspects, and how often no rectangle fits.

import { randomStream } from '#core/random';
import { drawnCrop } from '#data/images/augment/augment';

const count = 20_000;
const area = [0.08, 1];
const aspect = [3 / 4, 4 / 3];
const sizes = [
  [375, 500],
  [224, 224],
  [100, 1000],
  [1000, 100],
  [333, 500],
];
