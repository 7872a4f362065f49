// Loaded before the program: a step of it takes at least ?ms=, so that failures can be injected into a tiny search
// without a busy machine.
const ms = Number(new URL(import.meta.url).searchParams.get('ms'));
globalThis.setImmediate = (callback, ...args) => setTimeout(callback, ms, ...args);
