/** Formats values and keys for messages: short, on one line. */

const longest = 60;
const isPrintable = (text: string) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text); // one line, no control characters

/** Formats a value for a message, shortened to 60 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return shortened(typeof value === 'string' ? shownText(value) : shownValue(value));
}

/** Formats a key for a path, without shortening it. */
export function shownKey(key: PropertyKey): string {
  const text = String(key);
  return isPrintable(text) ? text : escaped(text);
}

/** The message of a library's error on one line; some quote the text that they read. */
export function shownError(error: unknown): string {
  const text = (error as Error).message.replace(/\s+/g, ' ').trim();
  return isPrintable(text) ? text : escaped(text);
}

function shownText(text: string): string {
  const isPlain =
    Number.isNaN(Number(text)) && !/^(true|false|null|~)$/.test(text) && isPrintable(text) && text.trim() === text;
  return isPlain ? text : escaped(text); // "3" is quoted, since it is a text and not the number 3
}

function shownValue(value: unknown): string {
  return typeof value === 'number' ? String(value) : escaped(value); // JSON has no infinity or NaN
}

/** The value as JSON, with the control characters escaped that JSON leaves unescaped. */
function escaped(value: unknown): string {
  const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return (JSON.stringify(value) ?? 'nothing').replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, unicode);
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}
