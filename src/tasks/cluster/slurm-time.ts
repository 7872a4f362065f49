/** Time limits in Slurm's notation. */

const notation =
  /^(?:(?<days>\d+)-(?<dayHours>\d+)(?::(?<dayMinutes>\d+))?|(?:(?<hours>\d+):(?=\d+:))?(?<minutes>\d+))(?::(?<seconds>\d+))?$/;

/** Returns a limit such as 90, 90:30, 4:00:00 or 1-12 (minutes, m:s, h:m:s, days-hours) in seconds; undefined if it is none. */
export function limitSeconds(text: string): number | undefined {
  const found = notation.exec(text)?.groups;
  if (found === undefined) return undefined;
  const number = (name: string) => Number(found[name] ?? 0);
  const hours = 24 * number('days') + number('dayHours') + number('hours');
  return 3600 * hours + 60 * (number('dayMinutes') + number('minutes')) + number('seconds');
}
