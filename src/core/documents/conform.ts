/**
 * Checks documents against zod schemas: reports each mistake with its position and the schema's description of the
 * value.
 */
import { z } from 'zod';
import { type Diagnostic, Failure } from '#core/failure';
import { readUtf8 } from '#core/files/files';
import { suggestion } from '#core/nearest';
import { shown } from '#core/shown';
import { formatPath, type Located, locateJson, type Path, valueAt } from './document.js';
import { meantByHabit } from './yaml-habits.js';

const mostTold = 100; // mistakes in one failure

/**
 * Checks a document against a schema; throws its mistakes, at most the first 100, as one `Failure` of kind `config`.
 */
export function conform<S extends z.ZodType>(located: Located, schema: S): z.output<S> {
  const result = schema.safeParse(located.value, { reportInput: true });
  if (result.success) return result.data;
  const diagnostics: Diagnostic[] = [];
  for (const diagnostic of diagnosed(located, schema, result.error.issues, [])) {
    if (diagnostics.push(diagnostic) === mostTold) break;
  }
  throw new Failure('config', diagnostics.sort(byPlace));
}

/**
 * Reads and checks a JSON file that this program wrote; mistakes mean damage and are a data failure with this remedy.
 */
export function readChecked<S extends z.ZodType>(file: string, schema: S, remedy?: string): z.output<S> {
  const text = readUtf8(file, remedy);
  return asDataFailure(() => conform(locateJson(file, text, remedy), schema), remedy);
}

/** Turns the config failures of `read` into data failures: mistakes in a file that this program wrote mean damage. */
export function asDataFailure<T>(read: () => T, remedy?: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'data') throw error;
    throw new Failure('data', error.diagnostics, remedy);
  }
}

/** A value whose position is known only by its file and, if given, its line. */
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
      const others = known.filter((name) => name !== key); // another option of a union may know the key
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

/** A hint for a text that YAML 1.1 read as a boolean or a number, if one of these is expected; otherwise empty. */
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
 * The issues of the union's branch that the value was most likely meant for: the branch that knows the most of its keys,
 * then the one that rejects the fewest keys, then the one that fails deepest. Undefined if every branch rejects the
 * value itself.
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

/** The parts of a zod schema's definition that this file reads. */
interface SchemaDef {
  readonly shape?: Record<PropertyKey, z.ZodType>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
}

/** The keys that a schema knows for the object at `path`, found by walking the schema and the value together. */
function knownKeys(schema: z.core.$ZodType, value: unknown, path: Path): string[] {
  return schemasAt(schema, value, path).flatMap((inner) =>
    meantDefs(inner, valueAt(value, path)).flatMap(({ shape }) => Object.keys(shape ?? {})),
  );
}

/** The likeness of the value at `path` to each option of the union there; empty if the schema is no union. */
function likenesses(schema: z.core.$ZodType, value: unknown, path: Path): number[] {
  const [options = []] = schemasAt(schema, value, path).flatMap((inner) => [unwrapped(inner).options ?? []]);
  return options.map((option) => likeness(option, valueAt(value, path)));
}

/** The schemas that apply to the value at `path`: several if a union on the way is ambiguous. */
function schemasAt(schema: z.core.$ZodType, value: unknown, [key, ...rest]: Path): z.core.$ZodType[] {
  if (key === undefined) return [schema];
  return meantDefs(schema, value).flatMap((def) => {
    const inner = def.shape?.[key] ?? def.element ?? def.valueType;
    return inner === undefined ? [] : schemasAt(inner, valueAt(value, [key]), rest);
  });
}

/** The definition inside optional, default and pipe wrappers. */
function unwrapped(schema: z.core.$ZodType): SchemaDef {
  const def = (schema as z.ZodType).def as SchemaDef;
  const inner = def.innerType ?? def.in;
  return inner === undefined ? def : unwrapped(inner);
}

/**
 * The definitions that a value may be meant for; for a union, those of the options that share the most keys with it.
 */
function meantDefs(schema: z.core.$ZodType, value: unknown): SchemaDef[] {
  const def = unwrapped(schema);
  if (def.options === undefined) return [def];
  const likest = Math.max(...def.options.map((option) => likeness(option, value)));
  return def.options
    .filter((option) => likeness(option, value) === likest)
    .flatMap((option) => meantDefs(option, value));
}

/** The number of a value's keys that a schema knows; a key whose literal value selects a union's option counts 10. */
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

/** An integer from `min` to `max`; messages describe it as `what`. */
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

/** One of the given words. */
export function word<const W extends readonly [string, ...string[]]>(...words: W) {
  return z.enum(words, { error: `one of ${words.join(', ')}` });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** A text, possibly empty; one that YAML reads as a number or a boolean needs quotes. */
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

/** A name that is valid for files and folders on all common systems. */
export function fileName() {
  const what = 'a name of letters, digits, ., _ and -';
  return anyText('a name').regex(/^[A-Za-z0-9][\w.-]*$/, { error: what });
}
