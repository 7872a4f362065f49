/**
 * A folder of sbatch scripts that run a plan of jobs under Slurm. Each kind of job is an array; a task of the next array
 * waits for the same task of the one before. A task that is asked to stop, at its time limit, for a preemption or because
 * its node goes down, saves its state and is queued again; then it resumes its run.
 */
import type { FileContent } from '#core/files/whole-folder';
import type { JobArray, JobPlan } from './job-plan.js';
import { shellCommand, shellWord } from './shell-word.js';

export interface SlurmSettings {
  /** The words that start `mnv4-nas` on a node. */
  readonly program: readonly string[];
  /** Folder of the runs, as the nodes see it. */
  readonly root: string;
  /** Nodes of a search stage, whose workers are MPI ranks if there are several; a training takes one. */
  readonly nodes: number;
  /** Time limit of a task in Slurm's notation; by default the partition's. */
  readonly time?: string | undefined;
  /** Seconds before the time limit at which a task saves and stops; Slurm's signal may come 30 s earlier. */
  readonly leadSeconds: number;
  /** Further options of sbatch, such as `--partition=gpu`. */
  readonly options: readonly string[];
}

/** Returns the files of the project: a script for each array, and `submit.sh`, which submits them. */
export function slurmProject(plan: JobPlan, settings: SlurmSettings): FileContent[] {
  const scripts = plan.arrays.map((array) => ({
    name: `${array.kind}.sbatch`,
    content: `${arrayScript(plan, array, settings)}\n`,
  }));
  return [...scripts, { name: 'submit.sh', content: `${submitScript(plan)}\n` }];
}

function arrayScript({ name }: JobPlan, array: JobArray, settings: SlurmSettings): string {
  const { kind, jobs } = array;
  return `#!/bin/sh
# The ${kind} runs of ${name}; submit.sh submits them.
${sbatchOptions(name, array, settings)
  .map((option) => `#SBATCH ${option}`)
  .join('\n')}
set -eu

case $SLURM_ARRAY_TASK_ID in
${jobs.map(({ runId, arguments: words }, i) => `  ${i}) run=${runId}; set -- ${shellCommand(words)} ;;`).join('\n')}
esac
task="\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
echo "$(date +%FT%T%z) task $task: $run on $(hostname), restart \${SLURM_RESTART_COUNT:-0}"

trap : TERM USR1 # this shell outlives the signals, which srun passes on, to read the exit code
status=0
${shellCommand(stepCommand(array, settings))} "$@" || status=$?
echo "$(date +%FT%T%z) task $task: exit code $status"

# Exit code 2 and a fresh heartbeat: another process holds the run, such as this task on a node that Slurm has lost.
lock=${shellWord(settings.root)}/$run/run.lock
if [ "$status" -eq 2 ] && [ -n "$(find "$lock" -mmin -2 2>/dev/null)" ]; then status=75; fi

# Exit code 75: saved, to be resumed. A task that Slurm cancels, preempts or moves is no longer RUNNING.
if [ "$status" -eq 75 ] && [ "$(squeue --noheader --jobs="$task" --format=%T)" = RUNNING ]; then
  scontrol requeue "$task" || echo "task $task: could not be queued again; submit.sh resumes it"
fi
exit "$status"`;
}

function sbatchOptions(name: string, array: JobArray, settings: SlurmSettings): string[] {
  const { kind, jobs } = array;
  const { time, leadSeconds, options } = settings;
  return [
    `--job-name=${name}-${kind}`,
    `--array=0-${jobs.length - 1}`,
    ...processesOf(array, settings),
    ...(time === undefined ? [] : [`--time=${time}`]),
    `--signal=USR1@${leadSeconds}`,
    '--requeue',
    '--kill-on-invalid-dep=yes',
    '--open-mode=append',
    '--output=logs/%x-%A_%a.log',
    ...options,
  ];
}

/** Returns the words that start a step; its signals and exit code reach the program, and those of a batch script do not. */
function stepCommand(array: JobArray, settings: SlurmSettings): string[] {
  const mpi = nodesOf(array, settings) === 1 ? '--mpi=none' : '--mpi=pmix';
  return ['srun', mpi, ...processesOf(array, settings), ...settings.program];
}

/** Returns the options for one process that starts its workers, or for a rank per worker on several nodes. */
function processesOf(array: JobArray, settings: SlurmSettings): string[] {
  const { count, threads = 1 } = array.workers;
  const nodes = nodesOf(array, settings);
  const [ranks, cpus] = nodes === 1 ? [1, count * threads] : [count, threads];
  return [`--nodes=${nodes}`, `--ntasks=${ranks}`, `--cpus-per-task=${cpus}`];
}

function nodesOf({ kind }: JobArray, { nodes }: SlurmSettings): number {
  return kind === 'train' ? 1 : nodes;
}

function submitScript({ name, arrays }: JobPlan): string {
  const submissions = arrays.map(({ kind }, i) => {
    const before = arrays[i - 1]?.kind;
    const dependency = before === undefined ? '' : ` --dependency="aftercorr:$${before}"`;
    return `${kind}=$(sbatch --parsable${dependency} "$@" ${kind}.sbatch)\n${kind}=\${${kind}%%;*}\necho "${kind} $${kind}"`;
  });
  return `#!/bin/sh
# Submits the jobs of ${name} and prints their ids; arguments are passed on to sbatch.
# Submitted again, finished runs end at once and all others resume.
set -eu
cd "$(dirname "$0")"
mkdir -p logs # without the folder of its log, a job fails without a trace
${submissions.join('\n')}`;
}
