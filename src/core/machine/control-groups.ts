/** Finds the Linux control groups of this process; the limits of all of them apply to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Controller = 'cpu' | 'memory';

/**
 * The folders of this process's control groups with the controller, in versions 1 and 2: its group and all groups
 * above, as far as they are mounted.
 *
 * @param root  the root of the file system
 */
export function controlGroups(controller: Controller, root = '/'): string[] {
  const lines = (name: string) => (textIn(join(root, 'proc/self'), name) ?? '').split('\n').filter(Boolean);
  const mounts = lines('mountinfo').map(parsedMount);
  return lines('cgroup')
    .map(parsedGroup)
    .flatMap(({ controllers, path }) =>
      mounts
        .filter(({ type, options }) =>
          controllers.length === 0
            ? type === 'cgroup2'
            : type === 'cgroup' && controllers.includes(controller) && options.includes(controller),
        )
        .flatMap(({ top, folder }) => levels(below(top, path)).map((level) => join(root, folder, level))),
    );
}

/** The text of a file in a folder; undefined if it cannot be read. */
export function textIn(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** Parses a line of /proc/self/cgroup, `ID:CONTROLLERS:PATH`; version 2 names no controllers. */
function parsedGroup(line: string) {
  const [, controllers = '', ...path] = line.split(':');
  return { controllers: controllers.split(',').filter(Boolean), path: path.join(':') };
}

/** Parses a line of /proc/self/mountinfo: the group `top` of that file system is mounted at `folder`. */
function parsedMount(line: string) {
  const words = line.split(' ').map(unescaped);
  const [, , , top = '', folder = ''] = words;
  const [type, , options = ''] = words.slice(words.indexOf('-') + 1);
  return { top, folder, type, options: options.split(',') };
}

/** Decodes the octal escapes that the kernel writes for blanks and backslashes. */
function unescaped(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

/** The group's path relative to `top`; undefined if it is outside the mounted part. */
function below(top: string, path: string): string | undefined {
  const start = top === '/' ? '' : top;
  return path === top || path.startsWith(`${start}/`) ? path.slice(start.length) : undefined;
}

/** For `a/b`: `a/b`, `a` and `.`; empty for a group outside this process's namespace, whose path begins with `/..`. */
function levels(path: string | undefined): string[] {
  if (path === undefined || path.startsWith('/..')) return [];
  const names = path.split('/').filter(Boolean);
  return [...names.keys()].map((i) => names.slice(0, names.length - i).join('/')).concat('.');
}
