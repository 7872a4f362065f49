/** Values that people write by habit from YAML 1.1 (PyYAML, Ruby), which YAML 1.2 reads as something else. */

const truths: Readonly<Record<string, string>> = {
  y: 'true',
  yes: 'true',
  on: 'true',
  n: 'false',
  no: 'false',
  off: 'false',
};

/** The message for an integer with leading zeros, which is refused: 010 is 8 in YAML 1.1 and 10 in YAML 1.2. */
export function leadingZeroProblem(source: string): string | undefined {
  if (!/^[-+]?0\d+$/.test(source)) return undefined;
  const [, sign = '', digits] = /^([-+]?)0+([1-7][0-7]+)$/.exec(source) ?? [];
  const eight = digits === undefined ? '' : `, or ${Number.parseInt(sign + digits, 8)} where that was octal`;
  const expected = 'expected a number without leading zeros, which YAML 1.1 takes for octal';
  return `${expected}; got ${source}: write ${Number(source)}${eight}, or "${source}" for a text`;
}

/** The YAML 1.2 spelling of a text that YAML 1.1 would read as the wanted boolean or number; undefined for others. */
export function meantByHabit(text: string, wanted: 'boolean' | 'number'): string | undefined {
  const value = wanted === 'boolean' ? truths[text.toLowerCase()] : (sexagesimal(text) ?? digitsOf(text));
  return value === undefined ? undefined : `${value}`;
}

/** The value of a base-60 number of YAML 1.1: 90 for 1:30. */
function sexagesimal(text: string): number | undefined {
  if (!/^[-+]?\d+(:[0-5]?\d)+(\.\d*)?$/.test(text)) return undefined;
  const size = text
    .replace(/^[-+]/, '')
    .split(':')
    .reduce((sum, digits) => 60 * sum + Number(digits), 0);
  return text.startsWith('-') ? -size : size;
}

/** The value of a number with underscores or in binary: 1000 for 1_000, 5 for 0b101. */
function digitsOf(text: string): number | undefined {
  const digits = text.replaceAll('_', '');
  if (digits === text && !/^[-+]?0b/i.test(text)) return undefined;
  const isNumber = /^[-+]?(0b[01]+|0x[\da-f]+|(0|[1-9]\d*)(\.\d*)?(e[-+]?\d+)?)$/i.test(digits);
  const size = Number(digits.replace(/^[-+]/, ''));
  return isNumber ? (digits.startsWith('-') ? -size : size) : undefined;
}
