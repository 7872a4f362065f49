// @ts-check
/** The processes of jobs on one emulated node: all nodes share a process table, so their environment tells. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Returns the ids of the processes that jobs started on a node, and of the step daemons above them.
 *
 * @param {string} node @param {string} configuration  the cluster's slurm.conf
 */
export function processesOn(node, configuration) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const inJobs = pids.filter((pid) => {
    const variables = textOf(pid, 'environ').split('\0');
    return variables.includes(`SLURMD_NODENAME=${node}`) && variables.includes(`SLURM_CONF=${configuration}`);
  });
  const daemons = inJobs.map(parentOf).filter((pid) => textOf(pid, 'cmdline').startsWith('slurmstepd'));
  return [...new Set([...daemons, ...inJobs])].map(Number);
}

/** @param {string} pid */
function parentOf(pid) {
  return /^PPid:\s*(\d+)/m.exec(textOf(pid, 'status'))?.[1] ?? '';
}

/** @param {string} pid @param {string} name */
function textOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // ended in the meantime, or not ours
  }
}
