/** Styles of text on a terminal, and when they are used. */

export type Style = keyof typeof styles;

const styles = { bold: '1', dim: '2', green: '32', yellow: '33' } as const;

/** Returns the text in a style, or unchanged where colours are off. */
export function styled(text: string, style: Style | undefined, colours: boolean): string {
  return colours && style !== undefined ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}

/**
 * True if a terminal is shown colours: not with NO_COLOR (no-color.org), unless FORCE_COLOR says otherwise. An empty
 * variable counts as absent; FORCE_COLOR=0 and false switch colours off, like in Node and most of its packages.
 */
export function hasColours({ NO_COLOR, FORCE_COLOR }: Readonly<Record<string, string | undefined>>): boolean {
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return !NO_COLOR;
}
