/** Downloads with short timeouts, so that another origin is tried soon. */

const answerMs = 10_000; // until the headers arrive
const silenceMs = 15_000; // between two chunks of the body

/** Downloads the body of a web address; rejects with the reason in one line. */
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

/** The reason behind `fetch`'s "fetch failed": its cause, or the first of several. */
function reason({ message, cause }: Error): string {
  const inner = cause instanceof AggregateError ? (cause.errors[0] as Error) : (cause as Error | undefined);
  return inner?.message || (inner as NodeJS.ErrnoException | undefined)?.code || message;
}
