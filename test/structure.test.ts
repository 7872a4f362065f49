import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Table = Readonly<Record<string, readonly string[]>>;

const { wings, rooms } = createRequire(import.meta.url)('../.import-table.cjs') as {
  readonly wings: Table;
  readonly rooms: Readonly<Record<string, Table>>;
};
const source = join(import.meta.dirname, '../src');

describe('the import table', () => {
  it('names each import between wings, and no other', () => {
    expect(tableOf(imports().map(([from, to]) => [wingOf(from), wingOf(to)]))).toEqual(used(wings));
  });

  it('lets a wing import only wings further down', () => {
    const order = Object.keys(wings);
    for (const [wing, others] of Object.entries(wings)) {
      for (const other of others)
        expect(order.indexOf(other), `${wing} -> ${other}`).toBeGreaterThan(order.indexOf(wing));
    }
  });

  it.each(Object.keys(wings))('names each import between the rooms of %s, and no other', (wing) => {
    const within = imports().filter((pair) => pair.every((file) => wingOf(file) === wing));
    expect(tableOf(within.map(([from, to]) => [roomOf(from), roomOf(to)]))).toEqual(used(rooms[wing] ?? {}));
  });
});

describe('package.json', () => {
  it('has commands whose programs exist', () => {
    const root = join(source, '..');
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const programs = Object.values(scripts).flatMap((command) => command.match(/\bscripts\/[\w/-]+\.mjs/g) ?? []);
    expect(programs.length).toBeGreaterThan(20);
    expect(programs.filter((program) => !existsSync(join(root, program)))).toEqual([]);
  });
});

/** By importing part, the other parts that it imports, sorted. */
function tableOf(arrows: readonly (readonly [string, string])[]): Table {
  const table: Record<string, string[]> = {};
  for (const [from, to] of arrows) {
    const others = table[from] ?? [];
    table[from] = from === to || others.includes(to) ? others : [...others, to];
  }
  return used(table);
}

/** Without the parts that import no other. */
function used(table: Table): Table {
  const entries = Object.entries(table).filter(([, others]) => others.length > 0);
  return Object.fromEntries(entries.map(([from, others]) => [from, [...others].sort()]));
}

/** The importing and the imported file of each import inside src/, as paths below it without their endings. */
function imports(): readonly (readonly [string, string])[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const specifiers = readFileSync(join(source, name), 'utf8').matchAll(/(?:from |import\()'(#|\.\/)([^']+)'/g);
      return [...specifiers].map(([, start, path = '']) => {
        const imported = start === '#' ? path : join(dirname(name), path.replace(/\.js$/, ''));
        return [name.replace(/\.ts$/, ''), imported] as const;
      });
    });
}

function wingOf(file: string): string {
  return file.split('/')[0] as string;
}

/** The folder right below the wing, or `.`. */
function roomOf(file: string): string {
  return file.split('/').length > 2 ? (file.split('/')[1] as string) : '.';
}
