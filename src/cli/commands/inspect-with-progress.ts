/** Inspects a user's images while a reporter tells how many are read. */
import { standardReporter } from '#cli/terminal/log';
import { inspectImages } from '#data/images/inspect/inspect-images';
import type { InspectedImages } from '#data/images/inspect/inspected-images';
import type { SourceReference } from '#data/images/source-schema';

const everyMs = 1000;

/** Like `inspectImages`, reporting the progress of `stage` once a second. */
export async function inspectWithProgress(source: SourceReference, stage: string): Promise<InspectedImages> {
  const reporter = standardReporter();
  let toldMs = performance.now();
  const onRead = (step: number, steps: number) => {
    if (performance.now() - toldMs < everyMs) return;
    toldMs = performance.now();
    reporter.progress({ stage, step, steps });
  };
  try {
    return await inspectImages(source, '.', { onRead });
  } finally {
    reporter.close();
  }
}
