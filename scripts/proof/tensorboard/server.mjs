// @ts-check
/** A TensorBoard that serves a folder, and what its data API tells about a run. */
import { spawn } from 'node:child_process';
import { tensorBoardEnvironment } from './environment.mjs';

/**
 * @typedef {[step: number, value: any][]} Series
 * @typedef {{ scalars: Record<string, Series>, histograms: Record<string, Series>, text: Record<string, Series> }} Found
 * @typedef {{ name: string, found(run: string): Promise<Found>, end(): void }} Server
 */

/**
 * Starts a TensorBoard that looks for news every second.
 *
 * @param {string} folder @param {boolean} fast  with its data server, written in Rust, or its loader in Python
 * @returns {Promise<Server>}
 */
export async function tensorBoard(folder, fast) {
  const options = ['--logdir', folder, '--host', '127.0.0.1', '--port', '0', '--reload_interval', '1'];
  const args = ['-B', '-m', 'tensorboard.main', ...options, `--load_fast=${fast}`];
  const child = spawn(tensorBoardEnvironment.python, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  /** @type {string} */
  const address = await new Promise((resolve, reject) => {
    child.on('exit', (status) => reject(new Error(`tensorboard ended with ${status}:\n${told}`)));
    child.stderr.on('data', (part) => {
      told += part;
      const [, url] = /TensorBoard \S+ at (http:\S+?)\/ /.exec(told) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const asked = async (/** @type {string} */ path, /** @type {Record<string, string>} */ query = {}) => {
    const answer = await fetch(`${address}/data/plugin/${path}?${new URLSearchParams(query)}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return /** @type {any} */ (await answer.json());
  };
  /** @param {string} plugin @param {string} run @param {(value: any) => [number, any]} shown */
  const series = async (plugin, run, shown) => {
    const tags = (await asked(`${plugin}/tags`))[run] ?? {};
    const found = (Array.isArray(tags) ? tags : Object.keys(tags)).map(async (/** @type {string} */ tag) => {
      return [tag, (await asked(`${plugin}/${plugin}`, { run, tag, markdown: 'false' })).map(shown)];
    });
    return Object.fromEntries(await Promise.all(found));
  };
  return {
    name: `data API, load_fast=${fast}`,
    found: async (run) => ({
      scalars: await series('scalars', run, ([, step, value]) => [step, value]),
      histograms: await series('histograms', run, ([, step, buckets]) => [step, buckets]),
      text: await series('text', run, ({ step, text }) => [step, text]),
    }),
    end: () => void child.kill(),
  };
}
