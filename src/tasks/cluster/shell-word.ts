/** Quoting for POSIX shells. */

/** Writes a text as one word of a shell command; the shell reads exactly that text. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Writes a command line whose words the shell passes on unchanged. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
