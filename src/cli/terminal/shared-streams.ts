/** Lets what any code of this process writes to the terminal appear above a block of lines that is redrawn there. */

type Write = (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;

/** Returns the streams' `write` functions to them. */
export type Release = () => void;

/**
 * Replaces the `write` of standard output and standard error, where they are terminals, until the returned function is
 * called: complete lines are handed to `print`, an unfinished one is kept until it ends or the streams are released.
 */
export function shareStreams(print: (text: string) => void): Release {
  const releases = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY).map((stream) => share(stream, print));
  return () => {
    for (const release of releases) release();
  };
}

function share(stream: NodeJS.WriteStream, print: (text: string) => void): Release {
  const { write } = stream;
  let unfinished = '';
  const replaced: Write = (chunk, ...rest) => {
    const lines = `${unfinished}${typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()}`.split('\n');
    unfinished = lines.pop() as string;
    if (lines.length > 0) print(lines.join('\n'));
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
  stream.write = replaced as typeof stream.write;
  return () => {
    stream.write = write;
    if (unfinished !== '') stream.write(unfinished);
  };
}
