/** A request to write a search for Kubernetes. */
export interface KubernetesRequest {
  /** Name of the objects; undefined for the config's name. */
  readonly name: string | undefined;
  /** Number of seeds, counted up from the config's. */
  readonly seeds: number;
  /** Targets of the config's first cost; empty for the target that the config states. */
  readonly targets: readonly number[];
  /** Values of the config, `a.b=value`. */
  readonly settings: readonly string[];
  readonly image: string;
  /** Name of an existing persistent volume claim; undefined to make one. */
  readonly claim: string | undefined;
  /** Size of the volume that is made, as a Kubernetes quantity, and its storage class. */
  readonly storage: { readonly size: string; readonly storageClass: string | undefined };
  /** Whole cores and memory of each pod or rank. */
  readonly cores: number;
  readonly memory: string;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
  /** Labels that a node must have. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Pods that run at a time; undefined for all. */
  readonly parallelism: number | undefined;
  /** Cron schedule, by UTC or a time zone; undefined to run once. */
  readonly schedule: { readonly cron: string; readonly timeZone: string | undefined } | undefined;
  /** MPI ranks that share the stages of a search, 1 for none, and those of them that share the final training. */
  readonly ranks: { readonly stages: number; readonly training: number };
}
