/** One line of `doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Advice for a check that failed; null for one that passed. */
  readonly remedy: string | null;
}

export function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null };
}

export function failed(name: string, detail: string, remedy: string): Check {
  return { name, ok: false, detail, remedy };
}
