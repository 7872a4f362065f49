/** The program of a drawing thread: draws the rows of each request. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Failure } from '#core/failure';
import { sourceOf } from '#data/images/shared-source';
import type { DrawReply, DrawRequest, ThreadStart } from './draw-messages.js';
import { type DrawRows, rowDrawer } from './draw-rows.js';

if (parentPort !== null) serve(parentPort, started(workerData as ThreadStart));

function started({ parts, settings, form, fit }: ThreadStart): DrawRows {
  return rowDrawer({ parts: parts.map(sourceOf), form, fit }, settings);
}

function serve(port: MessagePort, draw: DrawRows): void {
  port.on('message', async ({ id, rows }: DrawRequest) => {
    const reply = await replyTo(id, () => draw(rows));
    port.postMessage(reply, 'drawn' in reply ? [reply.drawn.pixels.buffer as ArrayBuffer] : []);
  });
}

async function replyTo(id: number, draw: () => ReturnType<DrawRows>): Promise<DrawReply> {
  try {
    return { id, drawn: await draw() };
  } catch (error) {
    if (!(error instanceof Failure))
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const { kind, diagnostics, remedy } = error;
    return { id, failure: { kind, diagnostics, remedy } };
  }
}
