/** A command of this program as its user types it: behind `npx` if that started the program. */
export function asTyped(command: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env['npm_command'] === 'exec' ? `npx ${command}` : command;
}
