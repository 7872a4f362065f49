/** What people should know of the files they wrote, such as that a key has a new name; each is told once to whoever listens. */

type Listener = (message: string) => void;

let listener: Listener | undefined;
let told = new Set<string>();

/** Has a process's notices from here on go to `to`; without a listener they are dropped, as in worker processes. */
export function hearNotices(to: Listener | undefined): void {
  listener = to;
  told = new Set();
}

/** Tells the listener, unless it was told the same before. */
export function notice(message: string): void {
  if (listener === undefined || told.has(message)) return;
  told.add(message);
  listener(message);
}
