/** Networks to time in LiteRT with XNNPACK, its default. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LitertTimer } from '#data/runtimes/litert-timer';
import type { Architecture } from '#networks/space/space';
import type { Exported } from '#tasks/export/exporter';
import { litertInt8Model, litertModel } from '#tasks/export/litert/litert';
import type { TimedRuntime } from './network-subject.js';
import { standInInt8 } from './stand-in-int8.js';
import { standInNetwork } from './stand-in-weights.js';

export const floatLitertModel = (exported: Exported): Uint8Array[] => litertModel(exported, { fold: true, batch: 1 });

export const int8LitertModel = (exported: Exported): Uint8Array[] =>
  litertInt8Model(exported, standInInt8(exported), 1);

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
