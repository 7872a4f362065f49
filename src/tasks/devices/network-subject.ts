/** Networks to time in a runtime; `timed-runtime.ts` lists the runtimes. */
import type { Architecture } from '#networks/space/space';
import type { ExportedLogits } from '#tasks/export/exporter';
import type { Subject } from './interleaved.js';

/** A network with stand-in weights, batch norm folded, that runs on one image. */
export interface NetworkSubject extends Subject {
  /** Name and version of the runtime, such as `ONNX Runtime 1.2.3`. */
  readonly runtime: string;
  /** Operators that a delegate of the runtime executes, and all; absent for runtimes without delegates. */
  readonly delegated?: ExportedLogits['delegated'];
}

/** Networks in a runtime with a number of threads. */
export interface TimedRuntime {
  open(name: string, network: Architecture): Promise<NetworkSubject>;
  /** Opens a network whose runs also tell the times of its operators; absent for runtimes that cannot tell. */
  openProfiled?(name: string, network: Architecture): Promise<NetworkSubject>;
  /** Frees all networks. */
  close(): Promise<void>;
}
