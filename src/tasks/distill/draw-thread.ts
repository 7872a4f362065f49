/** The program of a drawing thread: opens the images, then draws the rows of each request. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Failure } from '#core/failure';
import { openSource } from '#data/images/open-source';
import { type DrawReply, type DrawRequest, openedParts, type ThreadStart } from './draw-messages.js';
import { type DrawRows, rowDrawer } from './draw-rows.js';

if (parentPort !== null) serve(parentPort, started(workerData as ThreadStart));

async function started({ parts, named, settings, form, fit }: ThreadStart): Promise<DrawRows> {
  const open = async (set: 'source' | 'pool') => openSource(named[set] ?? named.source, named.base, form.classes);
  return rowDrawer({ parts: await openedParts(parts, open), form, fit }, settings);
}

function serve(port: MessagePort, drawing: Promise<DrawRows>): void {
  drawing.catch(() => {}); // each request reports it
  port.on('message', async ({ id, rows }: DrawRequest) => {
    const reply = await replyTo(id, async () => (await drawing)(rows));
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
