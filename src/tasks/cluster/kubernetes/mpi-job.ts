/** Searches over several ranks as MPIJobs of the Kubeflow MPI operator (v2beta1). */
import type { JobPlan } from '#tasks/cluster/job-plan';
import type { Manifest } from './manifest.js';
import { type PodSettings, places, podTemplate } from './pod.js';

const sshFolder = '/home/mnv4-nas/.ssh'; // where the image's configuration of sshd expects its key
const sshPort = 2222;
const restarts = 100; // the operator's Job has no rules for exit codes: an interruption counts like a failure

/** The arguments of each command by the name of its file: `SEARCH-STEP`, both from 0. */
export function rankArguments({ arrays }: JobPlan): Map<string, readonly string[]> {
  const all = arrays.flatMap(({ jobs }, step) => jobs.map((job, i) => [`${i}-${step}`, job.arguments] as const));
  return new Map(all);
}

/** One MPIJob for each search: a launcher that runs its commands one after the other, each on all ranks. */
export function mpiJobs(plan: JobPlan, name: string, ranks: number, settings: PodSettings): Manifest[] {
  const searches = plan.arrays[0]?.jobs.length ?? 0;
  return Array.from({ length: searches }, (_, i) => {
    const files = plan.arrays.map((_, step) => `${places.config}/jobs/${i}-${step}`);
    return {
      apiVersion: 'kubeflow.org/v2beta1',
      kind: 'MPIJob',
      metadata: { name: `${name}-${i}`, labels: settings.labels },
      spec: {
        slotsPerWorker: 1,
        launcherCreationPolicy: 'WaitForWorkersReady',
        mpiImplementation: 'OpenMPI',
        sshAuthMountPath: sshFolder,
        runPolicy: { cleanPodPolicy: 'Running', backoffLimit: restarts },
        mpiReplicaSpecs: {
          Launcher: { replicas: 1, restartPolicy: 'Never', template: launcher(ranks, files, settings) },
          Worker: { replicas: ranks, restartPolicy: 'OnFailure', template: rankHost(settings) },
        },
      },
    };
  });
}

function launcher(ranks: number, files: readonly string[], settings: PodSettings) {
  const args = ['ranks', `${ranks}`, ...files];
  return podTemplate({ ...settings, cores: 1, memory: '1Gi' }, [{ name: 'launcher', arguments: args }]);
}

function rankHost(settings: PodSettings) {
  const more = {
    ports: [{ name: 'ssh', containerPort: sshPort }],
    readinessProbe: { tcpSocket: { port: sshPort }, periodSeconds: 2 },
  };
  return podTemplate(settings, [{ name: 'rank', arguments: ['rank-host'], more }]);
}
