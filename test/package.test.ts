/** The package as `npm pack` makes it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '#core/files/package-folder';
import { shippedPackages, thirdPartyPage } from '../scripts/docs/third-party.mjs';
import { onnxRuntime } from '../scripts/setup/pins.mjs';

const mostBytes = 1_100_000; // packed

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

interface LockEntry {
  readonly version: string;
  readonly integrity: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock = JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};

describe('the package', () => {
  let packed: Packed;
  let paths: readonly string[];

  beforeAll(() => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: packageRoot, encoding: 'utf8' });
    packed = (JSON.parse(output) as [Packed])[0];
    paths = packed.files.map(({ path }) => path);
  });

  it('is small', () => {
    expect(packed.size).toBeLessThan(mostBytes);
  });

  it('has only what is needed at run time', () => {
    const kinds = [
      /^(package\.json|README\.md|LICENSE|THIRD-PARTY\.md)$/,
      /^dist\/.*\.(js|css)$/,
      /^dist\/cli\/completion\/completion\.(bash|zsh|fish)$/,
      /^dist\/library\/[\w-]+\.d\.ts$/,
      /^dist\/binding\/\w+\.(cc|h)$/,
      /^(configs|search-spaces)\/.*\.(yaml|csv)$/,
      /^src\/(networks\/tensor|data\/images\/decode)\/native\/[\w-]+\.(cc|h)$/,
      /^src\/data\/runtimes\/\w+\.py$/,
      /^scripts\/(setup\.mjs|setup\/[\w-]+\.mjs|python\/(environment|install-litert)\.mjs)$/,
    ];
    expect(paths.filter((path) => !kinds.some((kind) => kind.test(path)))).toEqual([]);
    for (const kind of kinds)
      expect(
        paths.some((path) => kind.test(path)),
        String(kind),
      ).toBe(true);
  });

  it('has the build of TensorFlow.js that web exports contain', () => {
    expect(paths).toContain('dist/libraries/tfjs/tf.es2017.min.js');
  });

  it('has no compiled file whose source is gone', () => {
    const compiled = paths.filter((path) => /^dist\/(?!libraries\/).*\.js$/.test(path));
    const sources = compiled.map((path) => path.replace(/^dist/, 'src').replace(/\.js$/, '.ts'));
    expect(sources.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
  });

  it('declares no internals: public declarations name only each other', () => {
    const declarations = paths.filter((path) => path.endsWith('.d.ts'));
    expect(declarations).toContain('dist/library/main.d.ts');
    for (const path of declarations) {
      const text = readFileSync(join(packageRoot, path), 'utf8');
      const imports = [...text.matchAll(/^(?:import|export)\b.* from '([^']+)'/gm)].map(([, from]) => from);
      const known = declarations.map((other) => other.replace('dist/library', '.').replace('.d.ts', '.js'));
      expect(
        imports.filter((from) => !known.includes(from as string)),
        path,
      ).toEqual([]);
    }
  });
});

describe('its dependencies', () => {
  it('run no script that downloads when they are installed', () => {
    const entries = Object.entries(lock.packages).filter(([, { dev, hasInstallScript }]) => !dev && hasInstallScript);
    expect(entries.map(([path]) => path)).toEqual(['node_modules/koffi']); // which only looks for its prebuilt library
  });

  it('include TensorFlow.js in the version of its build for browsers, which the package contains', () => {
    const versions = ['tfjs', 'tfjs-core', 'tfjs-backend-cpu', 'tfjs-backend-wasm', 'tfjs-converter'].map(
      (name) => lock.packages[`node_modules/@tensorflow/${name}`]?.version,
    );
    expect(new Set(versions).size).toBe(1);
  });

  it('are listed with their licences in THIRD-PARTY.md, which is up to date', () => {
    expect(readFileSync(join(packageRoot, 'THIRD-PARTY.md'), 'utf8')).toBe(thirdPartyPage());
    expect(shippedPackages().filter(({ license }) => license === 'unknown')).toEqual([]);
  });

  it('on request include the ONNX Runtime that the tests use', () => {
    for (const [name, integrity] of Object.entries(onnxRuntime.integrity)) {
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({ version: onnxRuntime.version, integrity });
    }
  });
});
