/** One line of `doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do when it is not ok. */
  readonly remedy: string | null;
}

export function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null };
}

export function failed(name: string, detail: string, remedy: string): Check {
  return { name, ok: false, detail, remedy };
}

export const gib = 2 ** 30;

export const inGib = (bytes: number) => `${(bytes / gib).toFixed(1)} GiB`;
