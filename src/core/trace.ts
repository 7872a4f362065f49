/** Traces a process's time as spans of work, recorded only between `startTrace` and `endTrace`. */

/** The kind of work of a span. Spans do not overlap, except those of whole steps. */
export type Work = 'step' | 'kernel' | 'transfer' | 'data' | 'controller' | 'averaging' | 'waiting' | 'keeping';

export interface Span {
  readonly work: Work;
  readonly name: string;
  /** Microseconds since 1970, so that the spans of several processes share one time axis. */
  readonly start: number;
  readonly duration: number;
}

let spans: Span[] | undefined;

export function startTrace(): void {
  spans = [];
}

/** Ends recording and returns the spans in the order of their ends. */
export function endTrace(): readonly Span[] {
  const taken = spans ?? [];
  spans = undefined;
  return taken;
}

/** Runs the work and records it as a span while tracing. A promise's span lasts until it settles. */
export function traced<T>(work: Work, name: string, body: () => T): T {
  if (spans === undefined) return body();
  const end = openSpan(work, name);
  const result = body();
  if (result instanceof Promise) return result.finally(end) as T;
  end();
  return result;
}

/** Begins a span and returns the function that ends it. */
export function openSpan(work: Work, name: string): () => void {
  const start = microseconds();
  return () => void spans?.push({ work, name, start, duration: microseconds() - start });
}

function microseconds(): number {
  return 1000 * (performance.timeOrigin + performance.now());
}
