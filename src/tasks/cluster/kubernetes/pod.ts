/** Pods as the jobs need them: an unprivileged user, a read-only root file system, one volume for all that is kept. */

/** Settings that all pods of a project share. */
export interface PodSettings {
  readonly image: string;
  /** Name of the persistent volume claim. */
  readonly claim: string;
  /** Name of the ConfigMap. */
  readonly configMap: string;
  /** Keys of the ConfigMap by the path at which the pods see them, below `places.config`. */
  readonly configPaths: ReadonlyMap<string, string>;
  /** Whole cores of each pod. */
  readonly cores: number;
  /** Memory of each pod, as a Kubernetes quantity. */
  readonly memory: string;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that a node must have. */
  readonly nodeLabels: Readonly<Record<string, string>>;
}

/** Paths inside the pods. */
export const places = {
  config: '/etc/mnv4-nas',
  data: '/data',
  runs: '/data/runs',
  cache: '/data/cache',
  exports: '/data/exports',
} as const;

/** The user and group of the image. */
const user = 10001;

export interface Container {
  readonly name: string;
  /** Arguments of the image's entry point. */
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, { readonly fieldPath: string }>>;
  /** Further fields of the container. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * Returns the template of a pod whose containers run one after the other: the last as its container, the others as init
 * containers. Without `restarts` a pod that fails is replaced by its Job.
 */
export function podTemplate(settings: PodSettings, containers: readonly Container[], more: object = {}) {
  const all = containers.map((container) => containerOf(settings, container));
  const first = all.slice(0, -1);
  return {
    metadata: { labels: settings.labels },
    spec: {
      ...more,
      ...(first.length === 0 ? {} : { initContainers: first }),
      containers: all.slice(-1),
      terminationGracePeriodSeconds: settings.graceSeconds,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(Object.keys(settings.nodeLabels).length === 0 ? {} : { nodeSelector: settings.nodeLabels }),
      volumes: volumesOf(settings),
    },
  };
}

function containerOf(settings: PodSettings, { name, arguments: args, environment = {}, more = {} }: Container) {
  const amounts = { cpu: `${settings.cores}`, memory: settings.memory };
  return {
    name,
    image: settings.image,
    args,
    ...more,
    env: [
      { name: 'MNV4_CACHE', value: places.cache },
      ...Object.entries(environment).map(([key, { fieldPath }]) => ({
        name: key,
        valueFrom: { fieldRef: { fieldPath } },
      })),
    ],
    resources: { requests: amounts, limits: amounts },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'data', mountPath: places.data },
      { name: 'config', mountPath: places.config, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'shm', mountPath: '/dev/shm' },
    ],
  };
}

/** The volumes; workers share memory through /dev/shm, of which containers have only 64 MiB otherwise. */
function volumesOf({ claim, configMap, configPaths }: PodSettings) {
  const items = [...configPaths].map(([path, key]) => ({ key, path }));
  return [
    { name: 'data', persistentVolumeClaim: { claimName: claim } },
    { name: 'config', configMap: { name: configMap, items } },
    { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'shm', emptyDir: { medium: 'Memory' } },
  ];
}
