import { expect, it } from 'vitest';
import { asTyped } from '#cli/terminal/as-typed';

it.each([
  [{ npm_command: 'exec' }, 'npx mnv4-nas doctor'],
  [{ npm_command: 'run-script' }, 'mnv4-nas doctor'],
  [{}, 'mnv4-nas doctor'],
])('with %j a command is typed as %s', (env, typed) => {
  expect(asTyped('mnv4-nas doctor', env)).toBe(typed);
});
