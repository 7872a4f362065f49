/** ONNX models as teachers: any classifier that ONNX Runtime runs. */
import { asDataFailure, conform, locatedValue } from '#core/documents/conform';
import { locateYaml } from '#core/documents/document';
import { Failure } from '#core/failure';
import { readBytes, sha256 } from '#core/files/files';
import { shownError } from '#core/shown';
import { readOnnxMetadata } from '#data/files/onnx-file';
import type { ImageForm } from '#data/images/image-source';
import { imageBytes, stackedImages } from '#data/images/image-stack';
import { type OnnxPort, type OnnxSession, openOnnxSession } from '#data/runtimes/onnx-session';
import { extentsIn, type Preprocessing, preprocessed, preprocessingSchema } from '#networks/nn/preprocessing';
import type { TeacherOfKind } from './build-recipe.js';
import type { Teacher } from './build-teacher.js';
import { scoreReading } from './onnx-scores.js';

/**
 * Opens a model as a teacher for images of a form; a model that does not fit them is a failure that states its shapes.
 */
export async function onnxTeacher(
  file: string,
  { preprocessing: stated, output }: Pick<TeacherOfKind<'onnx'>, 'preprocessing' | 'output'>,
  form: ImageForm,
  warn: (line: string) => void = () => {},
): Promise<Teacher> {
  const bytes = readBytes(file, 'name the file of an ONNX model, relative to the recipe');
  const session = await openOnnxSession(file, { name: file });
  const how = requireChannels(file, stated ?? ownPreprocessing(file), form);
  requireShapes(file, session, how, form);
  const reading = scoreReading(file, output, form.classes, warn);
  return {
    name: file.replace(/^.*\//, '').replace(/\.onnx$/, ''),
    fingerprint: sha256(bytes, JSON.stringify(how), output),
    async predict(images, n) {
      return reading(await scoresOf(file, session, how, images, n, form));
    },
  };
}

/** Reads the preprocessing from the model's metadata, where our exports state it. */
function ownPreprocessing(file: string): Preprocessing {
  const { preprocessing } = readOnnxMetadata(file);
  if (preprocessing === undefined) {
    const message = 'expected preprocessing in its metadata, as our exports have it; got none';
    const remedy = 'state it next to the model: preprocessing: { mean: [...], std: [...] }';
    throw new Failure('data', { file, message }, remedy);
  }
  const { value } = asDataFailure(() => locateYaml(`${file}: preprocessing`, preprocessing));
  const { layout, mean, std } = (value ?? {}) as Record<string, unknown>; // other fields, such as dtype, are ignored
  return asDataFailure(() =>
    conform(locatedValue(`${file}: preprocessing`, { layout, mean, std }), preprocessingSchema),
  );
}

function requireChannels(file: string, how: Preprocessing, { shape: [, , channels] }: ImageForm): Preprocessing {
  if (how.mean.length === channels && how.std.length === channels) return how;
  const got = `${how.mean.length} and ${how.std.length}`;
  throw new Failure('config', {
    file,
    message: `preprocessing: expected ${channels} means and deviations; got ${got}`,
  });
}

/** Refuses a model for images of another shape or of other classes. */
function requireShapes(
  file: string,
  { input, output }: OnnxSession,
  { layout }: Preprocessing,
  { shape, classes }: ImageForm,
): void {
  requirePort(file, 'input', input, extentsIn(layout, [1, ...shape]));
  requirePort(file, 'output', output, [1, classes]);
}

function requirePort(file: string, what: string, { shape }: OnnxPort, extents: readonly number[]): void {
  const fits = shape.every((extent, i) => i === 0 || typeof extent === 'string' || extent === extents[i]);
  if (fits && shape.length === extents.length) return;
  const expected = ['batch', ...extents.slice(1)].join(', ');
  throw new Failure('config', { file, message: `expected an ${what} of [${expected}]; got [${shape.join(', ')}]` });
}

/** Computes the model's output [n, K] in batches of the size that it takes; black images fill up the last one. */
async function scoresOf(
  file: string,
  session: OnnxSession,
  how: Preprocessing,
  images: Uint8Array,
  n: number,
  { shape, classes }: ImageForm,
): Promise<Float32Array> {
  const [batch] = session.input.shape;
  const count = typeof batch === 'number' ? batch : n;
  const size = imageBytes(shape);
  const scores = new Float32Array(n * classes);
  for (let from = 0; from < n; from += count) {
    const part = new Uint8Array(count * size);
    part.set(stackedImages(images, size, from, Math.min(n, from + count)));
    const extents = [count, ...shape];
    const values = preprocessed(part, extents, how);
    const found = await answered(file, count, () => session.run(values, extentsIn(how.layout, extents)));
    if (found.length !== count * classes) {
      const message = `expected ${classes} values for each of ${count} images; got ${found.length} in all`;
      throw new Failure('data', { file, message });
    }
    scores.set(found.subarray(0, Math.min(count, n - from) * classes), from * classes);
  }
  return scores;
}

/** Runs the model; an error is a data failure, since the declared shapes fit. */
async function answered(file: string, count: number, run: () => Promise<Float32Array>): Promise<Float32Array> {
  try {
    return await run();
  } catch (error) {
    const message = `expected a model that takes ${count} images at a time; got: ${shownError(error)}`;
    throw new Failure(
      'data',
      { file, message },
      'state the batch in its input shape: 1, if it takes one image at a time',
    );
  }
}
