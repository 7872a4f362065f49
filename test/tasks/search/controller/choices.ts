/** Choices for tests of the controller. */
import type { ControllerChoice } from '#tasks/search/controller/policy';

export function choice(options: number, more: Partial<ControllerChoice> = {}): ControllerChoice {
  return { path: 'c', options, kind: 'op', largest: options - 1, when: [], ...more };
}

export function choicesOf(...options: number[]): ControllerChoice[] {
  return options.map((n) => choice(n));
}
