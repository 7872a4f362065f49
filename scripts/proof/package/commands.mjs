// @ts-check
/** Commands of a user in one folder, each of which must end as expected. */
import { spawnSync } from 'node:child_process';

/** @typedef {{ cwd?: string, status?: number }} Given */

/** @param {string} folder @param {NodeJS.ProcessEnv} env */
export function commandsIn(folder, env) {
  /** @param {string} command @param {readonly string[]} args @param {Given} [given] */
  function run(command, args, { cwd = folder, status: expected = 0 } = {}) {
    const start = performance.now();
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', input: '' });
    const told = [command.replace(/^.*\//, ''), ...args].join(' ').split('\n')[0]?.slice(0, 100);
    console.log(`${told}: ${status}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    if (status !== expected) throw new Error(`expected ${expected}; got ${error ?? status}\n${stdout}\n${stderr}`);
    return { stdout, stderr };
  }
  return {
    run,
    /** @param {readonly string[]} args @param {Given} [given] */
    npm: (args, given) => run('npm', args, given),
    /** @param {readonly string[]} args @param {Given} [given] */
    program: (args, given) => run('npx', ['mnv4-nas', ...args], given),
    /** @param {boolean} holds @param {string} claim */
    expect(holds, claim) {
      if (!holds) throw new Error(`not true: ${claim}`);
      console.log(`  ${claim}`);
    },
  };
}
