// @ts-check
/** Kills a small run in each call that changes or flushes a file, and runs it again each time. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Returns the number of calls, and the calls after which the resumed run left other files than an undisturbed one.
 *
 * @param {string} root  an empty folder
 */
export async function killedInEveryCall(root) {
  const counts = JSON.parse(/calls that write: (.*)/.exec(await smallRun(root, 'whole', ''))?.[1] ?? '{}');
  const expected = contents(root, 'whole');
  const calls = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, i) => `${kind} ${i + 1}`),
  );
  /** @type {string[]} */
  const differing = [];
  for (const [i, call] of calls.entries()) {
    await smallRun(root, `killed-${i}`, call);
    await smallRun(root, `killed-${i}`, '');
    if (contents(root, `killed-${i}`) !== expected) differing.push(call);
  }
  return { calls: calls.length, differing };
}

/**
 * Runs the small run, and returns its standard error.
 *
 * @param {string} root @param {string} id @param {string} call  in which to kill it
 */
function smallRun(root, id, call) {
  const args = ['--import', path('kill-in-call.mjs'), path('small-run.mjs'), root, id];
  const env = { ...process.env, MNV4_KILL_IN_CALL: call, MNV4_KILL_IN: root, MNV4_KILL_ID: id };
  return new Promise((resolve) => execFile(process.execPath, args, { env }, (_, _out, stderr) => resolve(stderr)));
}

/** Names and contents of all files of a run. @param {string} root @param {string} id */
function contents(root, id) {
  const names = /** @type {string[]} */ (readdirSync(join(root, id), { recursive: true })).sort();
  const files = names.filter((name) => statSync(join(root, id, name)).isFile());
  const texts = files.map((name) => [name, readFileSync(join(root, id, name), 'latin1').replaceAll(id, 'ID')]);
  return JSON.stringify(texts);
}
