// Measures one workload: starts both sides' servers, checks their agreement, then times interleaved blocks of steps.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usableCores } from '#core/machine/cores';
import { agreement, checked } from './agreement.mjs';
import { isRounded, otherServer, ourServer } from './environment.mjs';
import { startServer } from './server.mjs';
import { median, medianInterval } from './statistics.mjs';
import { cycle, imagesPerStep } from './workloads.mjs';

const warmupSteps = cycle; // every architecture once, in addition to the check
const leastSteps = 3;
const folders = new Set();

/**
 * Compares our side with each way on one workload.
 *
 * @param wayNames  the ways to compare with
 * @param plan      our `workers` and `precision`, the `rounds`, and the target `seconds` of one of our blocks
 * @param report    receives a line for each phase
 * @returns         the agreement of each way, and timings unless one disagrees
 */
export async function measure(workload, wayNames, { workers, precision, rounds, seconds }, report) {
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-peer-'));
  folders.add(folder);
  const servers = [];
  const started = async (server) => {
    servers.push(await startServer(server));
    return servers.at(-1);
  };
  try {
    report(`ours: losses over ${cycle} steps`);
    const own = { workers, precision };
    const ours = await started(ourServer(workload, own, folder));
    const ourAnswer = await checked(ours);
    const ways = [];
    for (const way of wayNames) {
      const server = await started(otherServer(way, workload, own, folder));
      report(`${way}: losses over ${cycle} steps`);
      ways.push({ way, server, agreement: agreement(ourAnswer, await checked(server), isRounded(way, precision)) });
    }
    const result = { workload: workload.name, title: workload.title, imagesPerStep: imagesPerStep(workload) };
    const agreements = Object.fromEntries(ways.map(({ way, agreement }) => [way, agreement]));
    const sides = Object.fromEntries(servers.map(({ title, about }) => [title, about]));
    if (rounds === 0 || ways.some(({ agreement }) => !agreement.agrees)) return { ...result, sides, agreements };
    const blocks = await interleaved(ours, ways, { rounds, seconds }, report);
    return { ...result, sides, agreements, ...summary(result, blocks) };
  } finally {
    await Promise.all(servers.map((server) => server.end()));
    removeFolder(folder);
  }
}

/** Returns the answers by side (`ours` and each way), one per round, and the number of steps in a block. */
async function interleaved(ours, ways, { rounds, seconds }, report) {
  const sides = [{ way: 'ours', server: ours }, ...ways];
  const warm = {};
  for (const { way, server } of sides) {
    report(`${way}: warm up`);
    await server.ask('reset 0');
    warm[way] = (await server.ask(`steps ${warmupSteps}`)).ms;
  }
  const steps = Math.max(leastSteps, Math.round((1000 * seconds) / median(warm.ours)));
  const blocks = Object.fromEntries(sides.map(({ way }) => [way, []]));
  for (let round = 0; round < rounds; round++) {
    report(`round ${round + 1} of ${rounds}, ${steps} steps each`);
    for (let i = 0; i < sides.length; i++) {
      const { way, server } = sides[(round + i) % sides.length];
      await server.ask(`reset ${round * steps}`); // all sides take the same part of the sequence
      blocks[way].push(await server.ask(`steps ${steps}`));
    }
  }
  return { steps, blocks };
}

/** Mean milliseconds of a step in each block, and their medians over the blocks; ratios are taken round by round. */
function summary({ workload, imagesPerStep }, { steps, blocks: { ours, ...others } }) {
  const means = (blocks) => blocks.map(({ ms }) => total(ms) / ms.length);
  const speed = (ms) => ({ stepMs: median(ms), imagesPerSecond: (1000 * imagesPerStep) / median(ms), blockMs: ms });
  const ourMs = means(ours);
  const compared = Object.entries(others).map(([way, theirs]) => {
    const ms = means(theirs);
    const ratios = ms.map((one, round) => one / ourMs[round]);
    const interval = medianInterval(ratios, `peer/${workload}/${way}/bootstrap`);
    return [way, { ...speed(ms), ratio: median(ratios), interval }];
  });
  return { stepsPerBlock: steps, ours: { ...speed(ourMs), ...shares(ours) }, others: Object.fromEntries(compared) };
}

/**
 * Shares of our blocks' time spent in all-reduces over the workers, and in waiting for the last worker; and of the time
 * of all cores during which they were idle, since a worker that waits lends its core to the others.
 */
function shares(blocks) {
  const stepsMs = total(blocks.flatMap(({ ms }) => ms));
  const share = (field) => total(blocks.map((block) => block[field])) / stepsMs;
  const idleShare = 1 - share('cpuMs') / usableCores();
  return { averagingShare: share('averagingMs'), waitingShare: share('waitingMs'), idleShare };
}

function total(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Removes the folders of an interrupted measurement. */
export function removeFolders() {
  for (const folder of folders) removeFolder(folder);
}

function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}
