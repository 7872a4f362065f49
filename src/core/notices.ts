/** Delivers notices about the user's files, such as a key's new name, once each to a listener. */

type Listener = (message: string) => void;

let listener: Listener | undefined;
let told = new Set<string>();

/** Sets the listener of this process's notices; without one they are dropped, as in worker processes. */
export function hearNotices(to: Listener | undefined): void {
  listener = to;
  told = new Set();
}

/** Passes a message to the listener, once. */
export function notice(message: string): void {
  if (listener === undefined || told.has(message)) return;
  told.add(message);
  listener(message);
}
