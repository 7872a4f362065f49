// @ts-check
/** The engines of `npm run proof:k8s` in the cache: programs that are built from the Kubernetes modules, and Debian's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '#core/files/cache';

export const version = '1.37.2'; // of Kubernetes; its libraries have the same minor and patch version, as 0.37.2
export const folder = join(cacheFolder(), `kubernetes-${version}`);

/** Paths of the programs. */
export const engines = {
  manifestCheck: join(folder, 'bin', 'manifest-check'),
  apiServer: join(folder, 'bin', 'kube-apiserver'),
  controllerManager: join(folder, 'bin', 'kube-controller-manager'),
  etcd: join(folder, 'debian', 'usr', 'bin', 'etcd'),
  tini: join(folder, 'debian', 'usr', 'bin', 'tini'),
};

/** The engines of these that are not installed. @param {readonly (keyof typeof engines)[]} names */
export const missing = (names) => names.filter((name) => !existsSync(engines[name]));
