/** Networks to time in LiteRT with XNNPACK, its default. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LitertTimer } from '#data/runtimes/litert-timer';
import { inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import type { Exported } from '#tasks/export/exporter';
import { quantizedByRange } from '#tasks/export/int8/quantize-network';
import { litertInt8Model, litertModel } from '#tasks/export/litert/litert';
import type { TimedRuntime } from './network-subject.js';
import { noise, standInNetwork } from './stand-in-weights.js';

export const floatLitertModel = (exported: Exported): Uint8Array[] => litertModel(exported, { fold: true, batch: 1 });

/** Returns the model in int8 with the ranges of values on an image of noise, on which its latency does not depend. */
export function int8LitertModel(exported: Exported): Uint8Array[] {
  const images = Uint8Array.from(noise(inputSize(exported.network.input), 127.5), (value) => value + 127.5);
  return litertInt8Model(exported, quantizedByRange(exported, { n: 1, images }), 1);
}

export function litertRuntime(threads: number, modelOf: (exported: Exported) => Uint8Array[]): TimedRuntime {
  const timer = new LitertTimer(threads);
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-nas-measure-'));
  const files = new Map<Architecture, string>();
  const fileOf = (network: Architecture) => {
    const file = files.get(network) ?? join(folder, `${files.size}.tflite`);
    if (!files.has(network)) writeFileSync(file, Buffer.concat(modelOf(standInNetwork(network))));
    files.set(network, file);
    return file;
  };
  const opened = async (name: string, network: Architecture, profiled: boolean) => {
    const model = await timer.load(fileOf(network), { profiled });
    return { ...model, name, isOneThread: threads === 1 };
  };
  return {
    open: (name, network) => opened(name, network, false),
    openProfiled: (name, network) => opened(name, network, true),
    async close() {
      await timer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
