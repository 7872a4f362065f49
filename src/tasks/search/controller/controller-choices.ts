import { isFilterChoice, type Space } from '#networks/space/space';
import type { ControllerChoice } from './policy.js';

/** Returns a space's choices as the controller sees them: number of options, kind and decisions they depend on. */
export function controllerChoices(space: Space): ControllerChoice[] {
  return space.choices.map((choice) => {
    const { path, options, when } = choice;
    const isFilter = isFilterChoice(choice);
    const largest = isFilter ? options.indexOf(Math.max(...(options as number[]))) : 0;
    return { path, options: options.length, kind: isFilter ? 'filter' : 'op', largest, when };
  });
}
