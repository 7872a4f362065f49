/** A small finished distillation set on the disk. */
import { buildDistillationSet } from '#tasks/distill/build';
import { type BuildRecipe, parseBuildRecipe } from '#tasks/distill/build-recipe';
import type { Teacher } from '#tasks/distill/build-teacher';
import { newFolder, tinySource } from './fixtures.js';

/** Probabilities that depend only on the first pixels: e^(pixel / 64) over the classes, normalised. */
export function pixelTeacher(imageBytes: number, classes: number): Teacher {
  return {
    name: 'pixels',
    fingerprint: 'pixels-1',
    predict(images, n) {
      const out = new Float32Array(n * classes);
      for (let i = 0; i < n; i++) {
        const weights = Array.from({ length: classes }, (_, k) =>
          Math.exp((images[i * imageBytes + k] as number) / 64),
        );
        const sum = weights.reduce((a, b) => a + b, 0);
        out.set(
          weights.map((weight) => weight / sum),
          i * classes,
        );
      }
      return out;
    },
  };
}

export function tinyRecipe(more = ''): BuildRecipe {
  const text = `
name: tiny
source: { format: idx, folder: . }
validation: 24
augment: { shift: 1, flip: true, mixup: { alpha: 1 } }
replicas: 3
teacher: [{ run: pixels }]
rowsPerShard: 64
${more}`;
  return parseBuildRecipe('tiny.dataset.yaml', text);
}

/** 288 train rows of 96 images, 24 held, 20 test; 6x5x1, 4 classes. */
export async function tinySet(folder = newFolder()): Promise<string> {
  await buildDistillationSet({ source: tinySource(), recipe: tinyRecipe(), teacher: pixelTeacher(30, 4), to: folder });
  return folder;
}
