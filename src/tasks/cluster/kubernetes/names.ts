/** Names of Kubernetes objects. */
import { slug } from '#core/slug';

const longest = 40; // a CronJob's may have 52 characters; those of pods get an index and a suffix added

/** True for a name of lower-case letters, digits and hyphens that starts with a letter, at most 40 characters long. */
export function isObjectName(name: string): boolean {
  return /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longest;
}

/** The name of a search as an object name, shortened if necessary. */
export function objectName(name: string): string {
  const plain = slug(name)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
  const lettered = /^[a-z]/.test(plain) ? plain : `search-${plain}`;
  return lettered.slice(0, longest).replace(/-+$/, '');
}
