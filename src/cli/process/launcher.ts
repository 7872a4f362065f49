/**
 * Detects the package manager or nohup that started this program, which decides how to treat a hangup and the end of
 * the parent. npm, npx and the like forward most signals to no process, or to a shell that ends and leaves its child
 * running.
 */
import { constants } from 'node:fs';
import { basename } from 'node:path';
import { procText, statusOf } from '#core/machine/processes';

/**
 * Returns a function that is true once a package manager that runs this program, or a process between them, has ended.
 * Only processes of this program's job (process group) count, so that a program that a user puts in the background, in
 * another session or under nohup keeps running.
 */
export function launcherWatch(): () => boolean {
  const above = launchers();
  return () =>
    above.some(({ pid, born }) => {
      const status = statusOf(pid);
      return status?.born !== born || status.isZombie;
    });
}

/** Lists the processes from the parent up to the outermost package manager in this program's job; empty without one. */
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

/** True for a command line like `npm exec ...`, the title that npm gives itself, or `node /usr/bin/yarn ...`. */
function isPackageManager(pid: number): boolean {
  const words = (procText(pid, 'cmdline') ?? '').split('\0').slice(0, 2);
  return words.some((word) => /^(npm|npx|pnpm|pnpx|yarn)\b/.test(basename(word.split(' ')[0] as string)));
}

/**
 * True under nohup, which sets SIGHUP to be ignored. Node resets that, so this looks for the other traces of nohup: its
 * name as the last command of a shell, or a standard input that can only be written, in place of a terminal.
 */
export function isUnderNohup(): boolean {
  if (basename(process.env['_'] ?? '') === 'nohup') return true;
  const flags = /^flags:\s*([0-7]+)$/m.exec(procText(process.pid, 'fdinfo/0') ?? '')?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) === constants.O_WRONLY;
}
