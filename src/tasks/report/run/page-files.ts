/** The files that pages with charts consist of: ours from the build, and browser builds of Vega and Vega-Lite. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The text of a style or a compiled script, by its path in the build, also when tests run src/. */
export function builtFile(path: string): string {
  return withoutMap(readFileSync(new URL(`../../../../dist/${path}`, import.meta.url), 'utf8'));
}

/** The script of a package's minified browser build, which lies next to the module that Node loads. */
export function chartLibrary(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  return withoutMap(readFileSync(join(dirname(resolve(name)), `${name}.min.js`), 'utf8'));
}

/** Vega's interpreter of expressions as a module for a page with Vega, whose parts it imports from another package. */
export function interpreterModule(): string {
  const { resolve } = createRequire(import.meta.url);
  const parts = readFileSync(resolve('vega-interpreter'), 'utf8').split(/^import (\{.*\}) from 'vega-util';$/m);
  const [, names, rest] = parts;
  if (parts.length !== 3) throw new Error('vega-interpreter: expected one import of vega-util');
  return withoutMap(
    `// Changed by mnv4-nas: takes from Vega what it imports from vega-util.\nconst ${names} = globalThis.vega;${rest}`,
  );
}

function withoutMap(script: string): string {
  return script.replace(/^\/\/# sourceMappingURL.*$/m, '');
}
