// The commands of our side, which every worker carries out at the same time.
import { ourNet, ourSteps } from './our-steps.mjs';

/**
 * The commands, which all workers call in the same order. Every worker gets the complete result: `{}` from `reset`,
 * `{ losses, logits? }` from `check`, `{ ms, losses, cpuMs, averagingMs, waitingMs }` from `steps`.
 *
 * @param net  with its initial weights
 */
export async function ourCommands(net, workload, pool, team) {
  const { collective, spentMs } = timed(team);
  await net.join(collective, false);
  const step = ourSteps(net, workload, pool, collective);
  let start; // made for the first reset, so that steps alone take no memory for it
  let [from, since] = [0, 0];
  const next = () => step(from + since, since++);

  return {
    async reset(place) {
      start ??= initialState(workload);
      net.restore(start);
      [from, since] = [place, 0];
      return {};
    },
    async check(count) {
      const [losses, logits] = [[], []];
      for (let i = 0; i < count; i++) {
        const { loss, shown } = await next();
        losses.push(loss);
        if (shown === undefined) continue;
        await team.allReduce(shown);
        logits.push([...shown]);
      }
      return { losses, ...(logits.length > 0 && { logits }) };
    },
    async steps(count) {
      const [ms, losses, sumMs] = [[], [], []];
      const before = process.cpuUsage();
      for (let i = 0; i < count; i++) {
        const [began, spent] = [performance.now(), spentMs()];
        const { loss } = await next();
        ms.push(performance.now() - began);
        sumMs.push(spentMs() - spent);
        losses.push(loss);
      }
      const { user, system } = process.cpuUsage(before);
      const cpu = Float64Array.of((user + system) / 1000);
      await team.allReduce(cpu);
      return { ms, losses, cpuMs: cpu[0], ...(await averaging(team, sumMs)) };
    },
  };
}

/** The state of a new net by name. */
function initialState(workload) {
  const net = ourNet(workload);
  const state = net.save();
  net.dispose();
  return state;
}

/** A collective whose all-reduces are timed. */
function timed(collective) {
  let spent = 0;
  const timing =
    (work) =>
    async (...args) => {
      const began = performance.now();
      const result = await work(...args);
      spent += performance.now() - began;
      return result;
    };
  const places = (n) => {
    const place = collective.places?.(n);
    return place && { ...place, allReduce: timing(place.allReduce) };
  };
  const sharedVectors = () => {
    const shared = collective.sharedVectors?.();
    return shared && { ...shared, sumPart: timing(shared.sumPart) };
  };
  const { rank, size } = collective;
  const allReduce = timing((values) => collective.allReduce(values));
  const any = (flag) => collective.any(flag);
  return { collective: { rank, size, allReduce, any, places, sharedVectors }, spentMs: () => spent };
}

/**
 * Milliseconds that a block's steps spent in all-reduces: the time of the last worker to arrive counts as averaging,
 * and the additional time of the mean worker as waiting.
 */
async function averaging(collective, sumMs) {
  const { rank, size } = collective;
  if (size === 1) return { averagingMs: 0, waitingMs: 0 };
  const table = new Float64Array(size * sumMs.length);
  table.set(sumMs, rank * sumMs.length);
  await collective.allReduce(table);
  const steps = sumMs.map((_, step) => Array.from({ length: size }, (_, r) => table[r * sumMs.length + step]));
  const averagingMs = steps.reduce((total, ranks) => total + Math.min(...ranks), 0);
  const waitingMs = table.reduce((total, ms) => total + ms, 0) / size - averagingMs;
  return { averagingMs, waitingMs };
}
