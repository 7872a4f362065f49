/** Where a process's time goes: spans of work, recorded only between `startTrace` and `endTrace`. */

/** What work a span is. Spans do not overlap, but for those of whole steps. */
export type Work = 'step' | 'kernel' | 'transfer' | 'data' | 'controller' | 'averaging' | 'waiting' | 'keeping';

export interface Span {
  readonly work: Work;
  readonly name: string;
  /** Microseconds since 1970, so that the spans of several processes lie side by side. */
  readonly start: number;
  readonly duration: number;
}

let spans: Span[] | undefined;

export function startTrace(): void {
  spans = [];
}

/** Ends recording; the spans in the order of their ends. */
export function endTrace(): readonly Span[] {
  const taken = spans ?? [];
  spans = undefined;
  return taken;
}

/** Does the work, as a span where they are recorded. A promise's span lasts until it settles. */
export function traced<T>(work: Work, name: string, body: () => T): T {
  if (spans === undefined) return body();
  const end = openSpan(work, name);
  const result = body();
  if (result instanceof Promise) return result.finally(end) as T;
  end();
  return result;
}

/** Begins a span; whoever calls the answer ends it. */
export function openSpan(work: Work, name: string): () => void {
  const start = microseconds();
  return () => void spans?.push({ work, name, start, duration: microseconds() - start });
}

function microseconds(): number {
  return 1000 * (performance.timeOrigin + performance.now());
}
