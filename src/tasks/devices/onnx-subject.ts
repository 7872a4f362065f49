/** Networks to time in ONNX Runtime. */
import { type OnnxSession, openOnnxSession, requireOnnxRuntime } from '#data/runtimes/onnx-session';
import type { TimedRun } from '#data/runtimes/timed-run';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Exported } from '#tasks/export/exporter';
import { onnxInt8Model, onnxModel } from '#tasks/export/onnx/onnx';
import type { TimedRuntime } from './network-subject.js';
import { standInInt8 } from './stand-in-int8.js';
import { noise, standInNetwork } from './stand-in-weights.js';

export const floatOnnxModel = (exported: Exported): Uint8Array => onnxModel(exported, { fold: true, batch: 1 });

export const int8OnnxModel = (exported: Exported): Uint8Array => onnxInt8Model(exported, standInInt8(exported), 1);

/** Opens ONNX Runtime; a backend failure if it is not installed. */
export function onnxRuntime(threads: number, modelOf: (exported: Exported) => Uint8Array): TimedRuntime {
  requireOnnxRuntime();
  const sessions: OnnxSession[] = [];
  return {
    async open(name, network) {
      const session = await openOnnxSession(modelOf(standInNetwork(network)), { name, threads });
      sessions.push(session);
      const [height, width, channels] = inputShape(network.input);
      const shape = [1, channels, height, width];
      const image = noise(inputSize(network.input), 1);
      const run = (times: number) => inTurn(times, () => timed(() => session.run(image, shape)));
      return { name, runtime: session.runtime, isOneThread: threads === 1, run };
    },
    async close() {
      for (const session of sessions) await session.release();
    },
  };
}

async function inTurn(times: number, run: () => Promise<TimedRun>): Promise<TimedRun[]> {
  const runs: TimedRun[] = [];
  for (let i = 0; i < times; i++) runs.push(await run());
  return runs;
}

async function timed(run: () => Promise<unknown>): Promise<TimedRun> {
  const [before, busy, start] = [switches(), process.cpuUsage(), performance.now()];
  await run();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(busy);
  return { ms, busyMs: (user + system) / 1000, interrupted: switches() > before };
}

/** How often the operating system has taken a processor from this process. */
function switches(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}
