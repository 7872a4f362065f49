// The sides that the benchmark compares: ours and the input pipelines of others.
import { join } from 'node:path';
import { startServer } from '../peer/server.mjs';
import { dataEnvironment } from './environment.mjs';
import { decoderSide, trainingSide } from './ours.mjs';

/** The titles of all sides; the first is the one that others are compared with. */
export const titles = {
  ours: 'ours, the batches of a training',
  decoder: 'ours, decoder alone',
  pillow: 'PyTorch DataLoader, torchvision transforms on Pillow images',
  torchvision: 'PyTorch DataLoader, `torchvision.io.decode_jpeg` and `transforms.v2`',
  tfdata: 'tf.data, `decode_and_crop_jpeg`, antialiased resize',
  'tfdata-plain': 'tf.data, `decode_and_crop_jpeg`, resize without antialiasing',
  webdataset: 'webdataset, torchvision transforms on Pillow images',
};

/** Starts a side and lets it make one pass; `ask()` answers with the seconds and CPU seconds of another. */
export async function startSide(way, { paths, list, images, batch, workers }) {
  if (way === 'ours' || way === 'decoder') {
    const ours = (way === 'ours' ? trainingSide : decoderSide)(paths, images, batch);
    await ours.ask();
    return ours;
  }
  const numbers = [images, batch, workers].map(String);
  return startServer({
    title: titles[way],
    command: dataEnvironment.python,
    args: ['-B', join(import.meta.dirname, 'peers.py'), way, list, ...numbers],
    env: { ...process.env, OMP_NUM_THREADS: '1', CUDA_VISIBLE_DEVICES: '', TF_CPP_MIN_LOG_LEVEL: '2' },
  });
}
