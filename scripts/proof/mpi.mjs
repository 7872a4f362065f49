#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:mpi`: proves with Open MPI on this host that ranks search like worker processes, and end and resume as
 * they should. A small search runs in one process, with 4 worker processes, and with 1, 2 and 4 ranks on one to four
 * emulated nodes, which share no memory with each other (MNV4_NODE) and talk over TCP. At every checkpoint the ranks
 * compare a SHA-256 of weights and controller. Then a rank is killed or stands still, and mpirun or a rank receives
 * signals; each run is resumed, some with another number of ranks. Exits with 1 if a result differs, a rank is left or one
 * that stands still is not named.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withStandInSet } from '#tasks/project/stand-in-set';
import { mpirun, requireMpi } from './mpi/mpirun.mjs';
import { hashOf, lossDifference, set, smallSearch } from './mpi/small-search.mjs';

/** @typedef {import('./mpi/mpirun.mjs').Sent} Sent */

const rounding = 1e-5; // relative, of the loss of the first five steps
const underway = /"step":15,/;

console.log(`Open MPI ${requireMpi()}`);
const folder = mkdtempSync(join(tmpdir(), 'mnv4-mpi-'));
try {
  await withStandInSet(set, async (images) => {
    const command = smallSearch(folder, images.folder);
    const path = (/** @type {string} */ id) => join(folder, id);
    alone('one-process', ['--workers', '1']);
    alone('4-workers', ['--workers', '4']);
    alone('2-workers', ['--workers', '2']);
    const expected = new Map([
      [4, hashOf(path('4-workers'))],
      [2, hashOf(path('2-workers'))],
    ]);
    told('4 workers, the bits of one process', hashOf(path('one-process')) === expected.get(4), '');

    await ranks('1 rank', [1], hashOf(path('one-process')), ['--workers', '1']);
    await ranks('2 ranks of one node, the bits of 2 workers', [2], expected.get(2));
    await ranks('2 ranks on 2 nodes, the bits of 2 workers', [1, 1], expected.get(2));
    await ranks('4 ranks of one node, the bits of 4 workers', [4], expected.get(4));
    await ranks('4 ranks on 4 nodes, the bits of 4 workers', [1, 1, 1, 1], expected.get(4));
    await ranks('4 ranks on 2 nodes, within rounding', [2, 2], undefined);

    await broken('rank 1 killed', { signal: 'SIGKILL', to: 1, after: underway }, [137], [2], [2]);
    await broken('rank 0 killed', { signal: 'SIGKILL', to: 0, after: underway }, [137], [2], [2]);
    await broken('SIGUSR1 to mpirun', { signal: 'SIGUSR1', to: 'mpirun', after: underway }, [75], [2], [2]);
    await broken('SIGTERM to rank 1', { signal: 'SIGTERM', to: 1, after: underway }, [75], [1, 1], [1, 1]);
    await broken('SIGTERM to mpirun', { signal: 'SIGTERM', to: 'mpirun', after: underway }, [1], [2], [2]);
    await broken('SIGINT to mpirun', { signal: 'SIGINT', to: 'mpirun', after: underway }, [1], [2], [2]);
    const still = /** @type {const} */ ({
      signal: 'SIGSTOP',
      to: 1,
      after: /"step":100,/,
      named: /worker 1 of 2 hangs: .*/,
    });
    await broken('rank 1 stands still', still, [5], [2], [2]);
    await broken('rank 1 on another node stands still', still, [5], [1, 1], [1, 1]);
    await broken('4 ranks stopped, 2 resume', { signal: 'SIGUSR1', to: 'mpirun', after: underway }, [75], [2, 2], [2]);

    /** @param {string} id @param {readonly string[]} options */
    function alone(id, options) {
      const { status, stderr } = spawnSync(process.execPath, command(id, options), { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${id} ended with ${status}:\n${stderr}`);
    }

    /**
     * Runs the search as ranks, and compares its hash or, without one, its first losses with those of one process.
     *
     * @param {string} what @param {readonly number[]} nodes @param {string | undefined} hash
     * @param {readonly string[]} [options]
     */
    async function ranks(what, nodes, hash, options = []) {
      const id = what.replaceAll(/\W+/g, '-');
      const ended = await mpirun(nodes, command(id, options));
      compared(what, id, ended, hash);
    }

    /**
     * Disturbs a run, then resumes it to its end.
     *
     * @param {string} what @param {Sent & { named?: RegExp }} sent  with the message that names the rank @param {readonly number[]} codes  that mpirun may return
     * @param {readonly number[]} nodes @param {readonly number[]} then  ranks of each node that resume it
     */
    async function broken(what, sent, codes, nodes, then) {
      const id = what.replaceAll(/\W+/g, '-');
      const ended = await mpirun(nodes, command(id), sent);
      const named = sent.named?.exec(ended.stderr)?.[0] ?? '';
      const isNamed = sent.named === undefined || named !== '';
      const isEnded = codes.includes(/** @type {number} */ (ended.status)) && ended.ranksLeft === 0 && isNamed;
      const how = `mpirun exits with ${ended.status} after ${ended.seconds.toFixed(1)} s, ${ended.ranksLeft} ranks left${isNamed ? '' : ', none named'}${named && `; ${named}`}`;
      told(what, isEnded, isEnded ? how : `${how}\n${ended.stderr}`);
      const hash = then.length === nodes.length && then.every((n, i) => n === nodes[i]) ? expected.get(2) : undefined;
      compared(`${what}, then resumed`, id, await mpirun(then, command(id)), hash);
    }

    /**
     * @param {string} what @param {string} id @param {import('./mpi/mpirun.mjs').Ended} ended
     * @param {string | undefined} hash
     */
    function compared(what, id, { status, stderr, seconds }, hash) {
      if (status !== 0) return told(what, false, `mpirun ended with ${status}:\n${stderr}`);
      const step = /resuming after step (\d+)/.exec(stderr)?.[1];
      const from = step === undefined ? '' : `from step ${step}, `;
      const difference = lossDifference(path(id), path('one-process'));
      const isRight = hash === undefined ? difference < rounding : hashOf(path(id)) === hash;
      told(
        what,
        isRight,
        `${from}${seconds.toFixed(1)} s, first losses within ${difference.toExponential(1)} of one process`,
      );
    }
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} what @param {boolean} isRight @param {string} how */
function told(what, isRight, how) {
  console.log(`${isRight ? 'ok    ' : 'WRONG '} ${what}${how === '' ? '' : `: ${how}`}`);
  if (!isRight) process.exitCode = 1;
}
