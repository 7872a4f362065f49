import { parseSpace } from '#networks/space/parse';
import type { Space } from '#networks/space/space';

/** A space with these stages, given as YAML. */
export function spaceOf(
  stages: string,
  head = '{ conv: 64, hidden: 0 }',
  input = 'resolution: 32, channels: 3',
): Space {
  return parseSpace(
    't.yaml',
    `name: t\ninput: { ${input} }\nclasses: 10\nactivation: relu\nstages:\n${stages}\nhead: ${head}\n`,
  );
}
