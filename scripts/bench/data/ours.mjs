// Our side of the benchmark: the batches of a training, and the decoder with nothing around it but a batch.
import { randomStream } from '#core/random';
import { inceptionRectangle } from '#data/images/augment/random-rectangle';
import { storedPicture } from '#data/images/decode/decode';
import { encodedSource } from '#data/images/encoded-source';
import { encodedFiles, imageFileBytes } from '#data/images/folders/image-files';
import { putPixels, stackedImages } from '#data/images/image-stack';
import { textList } from '#data/images/text-list';
import { labelledBatches } from '#data/sets/labelled-batches';

const to = { height: 224, width: 224 };
const imageSize = 3 * to.height * to.width;
const inceptionCrop = { area: [0.08, 1], aspect: [3 / 4, 4 / 3] };

/** A side that makes the batches of `train` with an Inception crop and a flip, the next one while one is used. */
export function trainingSide(paths, images, batch) {
  const [folderOf, labels] = [new Int32Array(paths.length), new Int32Array(paths.length)];
  const part = encodedSource(encodedFiles({ root: '', folders: [''], names: textList(paths), folderOf, labels }));
  const set = { name: 'pictures', classNames: ['0'], provenance: '', train: part, test: part };
  const augment = { inceptionCrop, flip: true };
  const fit = { ...to, centralCrop: 0.875 };
  const batches = labelledBatches({ ...set, fit }, { seed: 1, batch, augment, labelSmoothing: 0 });
  let step = 0;
  return side(async () => {
    const end = step + images / batch;
    for (; step < end; step++) await batches.at(step, step + 1 < end ? [step + 1] : []);
  });
}

/** A side that reads, draws and decodes, all pictures of a batch at once, and stacks them. */
export function decoderSide(paths, images, batch) {
  const random = randomStream('bench/data');
  let next = 0;
  const draw = async (path, into) => {
    const bytes = await imageFileBytes(path);
    const picture = storedPicture(bytes, path);
    return picture.view(inceptionRectangle(picture, inceptionCrop, random), to, random.uniform() < 0.5, into);
  };
  const stacked = async () => {
    const stack = new Uint8Array(batch * imageSize);
    const fill = async (i) => {
      const into = stackedImages(stack, imageSize, i);
      putPixels((await draw(paths[next++ % paths.length], into)).pixels, into);
    };
    await Promise.all(Array.from({ length: batch }, (_, i) => fill(i)));
    return stack;
  };
  return side(async () => {
    for (let n = 0; n < images; n += batch) await stacked();
  });
}

/** A side with the interface of a server, whose answer is the seconds and CPU seconds of a pass. */
function side(pass) {
  return {
    async ask() {
      const [start, startCpu] = [performance.now(), process.cpuUsage()];
      await pass();
      const { user, system } = process.cpuUsage(startCpu);
      return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
    },
    async end() {},
  };
}
