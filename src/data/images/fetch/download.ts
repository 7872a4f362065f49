/** Plain downloads with short patience: what does not answer at once is tried elsewhere. */

const answerMs = 10_000; // until the headers are there
const silenceMs = 15_000; // between two pieces of the body

/** The body of a web address; rejects with one line that says why not. */
export async function download(url: string): Promise<Uint8Array> {
  const abort = new AbortController();
  let patience = setTimeout(() => abort.abort(), answerMs);
  const heard = () => {
    clearTimeout(patience);
    patience = setTimeout(() => abort.abort(), silenceMs);
  };
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) {
      heard();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new Error(abort.signal.aborted ? 'no answer in time' : reason(error as Error));
  } finally {
    clearTimeout(patience);
  }
}

/** `fetch` says no more than "fetch failed"; what failed is in its cause, or in the first of the causes. */
function reason({ message, cause }: Error): string {
  const inner = cause instanceof AggregateError ? (cause.errors[0] as Error) : (cause as Error | undefined);
  return inner?.message || (inner as NodeJS.ErrnoException | undefined)?.code || message;
}
