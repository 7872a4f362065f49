/** Checking documents against zod schemas: every mistake at its place, and what was expected in the schema's own words. */
import { z } from 'zod';
import { type Diagnostic, Failure } from '#core/failure';
import { readUtf8 } from '#core/files/files';
import { suggestion } from '#core/nearest';
import { shown } from '#core/shown';
import { formatPath, type Located, locateJson, type Path, valueAt } from './document.js';
import { meantByHabit } from './yaml-habits.js';

const mostTold = 100; // mistakes, beyond which nobody reads on

/** Checks a document against a schema; all its mistakes, of very many the first, are one `Failure` of kind `config`. */
export function conform<S extends z.ZodType>(located: Located, schema: S): z.output<S> {
  const result = schema.safeParse(located.value, { reportInput: true });
  if (result.success) return result.data;
  const diagnostics: Diagnostic[] = [];
  for (const diagnostic of diagnosed(located, schema, result.error.issues, [])) {
    if (diagnostics.push(diagnostic) === mostTold) break;
  }
  throw new Failure('config', diagnostics.sort(byPlace));
}

/** The JSON in a file that this program wrote, checked: what is wrong with it is damage, a data failure with this remedy. */
export function readChecked<S extends z.ZodType>(file: string, schema: S, remedy?: string): z.output<S> {
  const text = readUtf8(file, remedy);
  return asDataFailure(() => conform(locateJson(file, text, remedy), schema), remedy);
}

/** Mistakes in a user's document exit with 3; in what this program wrote they are damaged data. */
export function asDataFailure<T>(read: () => T, remedy?: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'data') throw error;
    throw new Failure('data', error.diagnostics, remedy);
  }
}

/** A value of which no more is known than its file and, where it fills one, its line. */
export function locatedValue(file: string, value: unknown, line?: number): Located {
  const place = line === undefined ? { file } : { file, line };
  return { file, value, at: (path, message) => ({ ...place, path: formatPath(path), message }) };
}

function* diagnosed(
  located: Located,
  schema: z.core.$ZodType,
  issues: readonly Issue[],
  prefix: Path,
): Generator<Diagnostic> {
  for (const issue of issues) yield* diagnose(located, schema, issue, prefix);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

type Issue = z.core.$ZodIssue;

function* diagnose(located: Located, schema: z.core.$ZodType, issue: Issue, prefix: Path): Generator<Diagnostic> {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, located.value, path);
    for (const key of issue.keys) {
      const others = known.filter((name) => name !== key); // of a union, another option may know it
      yield located.at([...path, key], `unknown key${suggestion(key, others)}`, 'key');
    }
    return;
  }
  const got = valueAt(located.value, path);
  const report = (expected: string) =>
    got === undefined && path.length > 0
      ? located.at(path, `missing; expected ${expected}`)
      : located.at(path, `expected ${expected}; got ${shown(got)}${located.isYaml ? habitHint(got, issue) : ''}`);
  const branches = issue.code === 'invalid_union' ? issue.errors : [];
  const branch = meantBranch(branches, likenesses(schema, located.value, path));
  if (branch !== undefined) yield* diagnosed(located, schema, branch, path);
  else if (branches.length === 0) yield report(issue.message);
  else yield report([...new Set(branches.flat().map(({ message }) => message))].join(', or '));
}

/** Returns a hint for a text that YAML 1.1 read as a boolean or a number, where one of these is expected. */
function habitHint(got: unknown, issue: Issue): string {
  if (typeof got !== 'string') return '';
  const types = typesWanted(issue).map((type) => (type === 'int' ? 'number' : type));
  const wanted = (['boolean', 'number'] as const).filter((type) => types.includes(type));
  const [meant] = wanted.flatMap((type) => meantByHabit(got, type) ?? []);
  return meant === undefined ? '' : `, a text in YAML 1.2: write ${meant}`;
}

function typesWanted(issue: Issue): string[] {
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(typesWanted);
  return issue.code === 'invalid_type' ? [issue.expected] : [];
}

/**
 * A union's branches fail each in its own way: the one that was meant knows the most of the keys that stand there, then
 * refuses the fewest of them, then got deepest. Undefined where every branch refused the value itself.
 */
function meantBranch(
  branches: readonly (readonly Issue[])[],
  likeness: readonly number[],
): readonly Issue[] | undefined {
  const unknown = (branch: readonly Issue[]) =>
    branch.reduce((n, issue) => (issue.code === 'unrecognized_keys' ? n + issue.keys.length : n), 0);
  const depth = (branch: readonly Issue[]) =>
    branch.reduce((n, { path, code }) => Math.max(n, path.length + Number(code === 'unrecognized_keys')), 0);
  const ranked = branches.map((branch, i) => ({ branch, like: likeness[i] ?? 0 }));
  ranked.sort((a, b) => b.like - a.like || unknown(a.branch) - unknown(b.branch) || depth(b.branch) - depth(a.branch));
  const best = ranked[0]?.branch;
  return best !== undefined && depth(best) > 0 ? best : undefined;
}

/** What this file needs to know of a zod schema's definition. */
interface SchemaDef {
  readonly shape?: Record<PropertyKey, z.ZodType>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
}

/** The keys that a schema knows for the object at `path`, found by walking the schema beside the value. */
function knownKeys(schema: z.core.$ZodType, value: unknown, path: Path): string[] {
  return schemasAt(schema, value, path).flatMap((inner) =>
    meantDefs(inner, valueAt(value, path)).flatMap(({ shape }) => Object.keys(shape ?? {})),
  );
}

/** How well each option of the union at `path` fits the value there; empty where there is no union. */
function likenesses(schema: z.core.$ZodType, value: unknown, path: Path): number[] {
  const [options = []] = schemasAt(schema, value, path).flatMap((inner) => [unwrapped(inner).options ?? []]);
  return options.map((option) => likeness(option, valueAt(value, path)));
}

/** The schemas that speak of the value at `path`: several where a union on the way leaves open which is meant. */
function schemasAt(schema: z.core.$ZodType, value: unknown, [key, ...rest]: Path): z.core.$ZodType[] {
  if (key === undefined) return [schema];
  return meantDefs(schema, value).flatMap((def) => {
    const inner = def.shape?.[key] ?? def.element ?? def.valueType;
    return inner === undefined ? [] : schemasAt(inner, valueAt(value, [key]), rest);
  });
}

/** The definition behind optional, default and pipes. */
function unwrapped(schema: z.core.$ZodType): SchemaDef {
  const def = (schema as z.ZodType).def as SchemaDef;
  const inner = def.innerType ?? def.in;
  return inner === undefined ? def : unwrapped(inner);
}

/** The definitions that a value may be meant for: of a union those of its options that share the most keys with it. */
function meantDefs(schema: z.core.$ZodType, value: unknown): SchemaDef[] {
  const def = unwrapped(schema);
  if (def.options === undefined) return [def];
  const likest = Math.max(...def.options.map((option) => likeness(option, value)));
  return def.options
    .filter((option) => likeness(option, value) === likest)
    .flatMap((option) => meantDefs(option, value));
}

/** How many of the keys of a value a schema knows; a key that tells the options of a union apart counts for many. */
function likeness(schema: z.core.$ZodType, value: unknown): number {
  const { options, shape, element } = unwrapped(schema);
  if (options !== undefined) return Math.max(...options.map((option) => likeness(option, value)));
  if (Array.isArray(value)) return Number(element !== undefined);
  return Object.entries(shape ?? {}).reduce((n, [key, field]) => n + sharedKey(key, field, value), 0);
}

function sharedKey(key: string, field: z.ZodType, value: unknown): number {
  const inner = valueAt(value, [key]);
  if (inner === undefined) return 0;
  return (field.def as SchemaDef).values?.includes(inner) ? 10 : 1;
}

/** An integer from `min` to `max`, described for people by `what`. */
export function integer(what: string, min = 1, max = Number.MAX_SAFE_INTEGER) {
  return z.int({ error: what }).min(min, { error: what }).max(max, { error: what });
}

/** A finite number; `min` and `max` are inclusive, `above` and `below` exclusive. */
export function quantity(what: string, bounds: { min?: number; max?: number; above?: number; below?: number } = {}) {
  let schema = z.number({ error: what });
  if (bounds.min !== undefined) schema = schema.min(bounds.min, { error: what });
  if (bounds.max !== undefined) schema = schema.max(bounds.max, { error: what });
  if (bounds.above !== undefined) schema = schema.gt(bounds.above, { error: what });
  if (bounds.below !== undefined) schema = schema.lt(bounds.below, { error: what });
  return schema;
}

/** One of a few words. */
export function word<const W extends readonly [string, ...string[]]>(...words: W) {
  return z.enum(words, { error: `one of ${words.join(', ')}` });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** A text, also an empty one; what YAML takes for a number or a truth value needs quotes. */
function anyText(what: string) {
  return z.string({
    error: ({ input }) => (['number', 'boolean'].includes(typeof input) ? `${what} in quotes` : what),
  });
}

export function text(what: string) {
  return anyText(what).min(1, { error: what });
}

/** A text to print: not blank, and on one line. */
export function line(what: string) {
  const single = { error: `${what} on one line` };
  return anyText(what)
    .regex(/\S/, { error: what })
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, single);
}

/** An object with exactly these keys. */
export function record<T extends z.core.$ZodLooseShape>(shape: T, what = 'a mapping') {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? what : undefined) });
}

export function list<T extends z.ZodType>(of: T, what = 'a list', min = 1) {
  return z.array(of, { error: what }).min(min, { error: `${what} of at least ${min}` });
}

/** A name that files and folders may be called by, here and on other systems. */
export function fileName() {
  const what = 'a name of letters, digits, ., _ and -';
  return anyText('a name').regex(/^[A-Za-z0-9][\w.-]*$/, { error: what });
}
