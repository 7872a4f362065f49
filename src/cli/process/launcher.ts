/**
 * Detects the program that started this one, which decides what a hangup and its end mean. npm, npx and their like pass
 * most signals on to nobody, or to a shell that ends and leaves its program behind.
 */
import { constants } from 'node:fs';
import { basename } from 'node:path';
import { procText, statusOf } from '#core/machine/processes';

/**
 * A question: has a package manager that runs this program ended, or what stands between them? Only processes of this one's
 * job (process group) count: what a user puts into the background, into a session of its own or under nohup stays there.
 */
export function launcherWatch(): () => boolean {
  const above = launchers();
  return () =>
    above.some(({ pid, born }) => {
      const status = statusOf(pid);
      return status?.born !== born || status.isZombie;
    });
}

/** From the parent up to the outermost package manager in this program's job; none where there is no such. */
function launchers(): { readonly pid: number; readonly born: string }[] {
  const own = statusOf(process.pid);
  if (own === undefined || isUnderNohup()) return [];
  const job = [];
  let pid = own.parent;
  for (let status = statusOf(pid); status?.group === own.group; status = statusOf(pid)) {
    job.push({ pid, born: status.born });
    pid = status.parent;
  }
  return job.slice(0, 1 + job.findLastIndex((process) => isPackageManager(process.pid)));
}

/** `npm exec ...`, as npm calls itself, or `node /usr/bin/yarn ...`. */
function isPackageManager(pid: number): boolean {
  const words = (procText(pid, 'cmdline') ?? '').split('\0').slice(0, 2);
  return words.some((word) => /^(npm|npx|pnpm|pnpx|yarn)\b/.test(basename(word.split(' ')[0] as string)));
}

/**
 * True under nohup, which asks that a hangup be ignored. Node forgets that, so this goes by what else nohup leaves: its name
 * as the last command of a shell, or an input that cannot be read in the place of a terminal.
 */
export function isUnderNohup(): boolean {
  if (basename(process.env['_'] ?? '') === 'nohup') return true;
  const flags = /^flags:\s*([0-7]+)$/m.exec(procText(process.pid, 'fdinfo/0') ?? '')?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) === constants.O_WRONLY;
}
