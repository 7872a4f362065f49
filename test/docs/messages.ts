/**
 * The messages that users can meet, read from the source: what reaches a `Failure`, a diagnostic, a warning, a note or a
 * check of the set-up. Values that are known only at run time stand as `…`.
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { functionOf, listOf, Texts } from './texts.js';

const parameterSinks = new Set(['message', 'problem', 'detail']); // of functions, methods and constructors of ours
const propertySinks = new Set(['message', 'detail']);
const successes = new Set(['passed']); // these take a detail too, of what is well
/** Where users see what an Error says. */
const plainErrors = [
  'src/data/images/',
  'src/data/sets/',
  'src/core/files/files.ts',
  'src/tasks/export/check-export.ts',
  'src/tasks/export/int8/check-int8.ts',
  'scripts/setup/',
];

/** Every message of `src/` and of the set-up, with the file and line that it comes from. */
export function messagesOf(root: string): Map<string, string> {
  const program = ts.createProgram(sourcesOf(root), options, hostOf());
  const reader = new MessageReader(new Texts(program.getTypeChecker()), root);
  const sources = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('node_modules'));
  for (const source of sources) reader.index(source);
  for (const source of sources) reader.read(source);
  for (const source of sources) reader.readRest(source);
  return withoutInner(reader.messages);
}

/** Leaves out what others say with more before it. */
function withoutInner(messages: Map<string, string>): Map<string, string> {
  const all = [...messages.keys()];
  const isInner = (text: string) =>
    all.some((other) => /^\p{L}.*….*: $/u.test(other.slice(0, -text.length)) && other.endsWith(text));
  return new Map([...messages].filter(([text]) => !isInner(text)));
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  noLib: true, // names and their declarations are enough; nothing is type-checked
  allowJs: true,
  types: [],
  customConditions: ['mnv4-source'],
};

function sourcesOf(root: string): string[] {
  const below = (folder: string, ending: RegExp) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => ending.test(name))
      .map((name) => join(root, folder, name));
  return [...below('src', /\.ts$/), ...below('scripts/setup', /\.mjs$/), join(root, 'scripts/setup.mjs')];
}

/** Follows imports inside the repository only. */
function hostOf(): ts.CompilerHost {
  const host = ts.createCompilerHost(options, true);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      /^[.#]/.test(text) ? ts.resolveModuleName(text, from, options, host) : { resolvedModule: undefined },
    );
  return host;
}

class MessageReader {
  readonly messages = new Map<string, string>();
  readonly #texts: Texts;
  readonly #root: string;
  /** Which argument is the message, by the name of what takes it. */
  readonly #sinks = new Map<string, number>();

  constructor(texts: Texts, root: string) {
    this.#texts = texts;
    this.#root = `${resolve(root)}/`;
  }

  index(source: ts.SourceFile): void {
    this.#texts.index(source);
    this.#indexSinks(source);
  }

  #indexSinks(node: ts.Node): void {
    if (ts.isFunctionLike(node)) {
      const at = sinkAmong(node.parameters);
      const owner = ts.isConstructorDeclaration(node) || node.name === undefined ? node.parent : node;
      const name = (owner as ts.NamedDeclaration).name?.getText();
      if (at !== undefined && name !== undefined) this.#sinks.set(name, at);
    }
    ts.forEachChild(node, (child) => this.#indexSinks(child));
  }

  read(node: ts.Node): void {
    for (const sink of this.#sinksIn(node)) {
      if (this.#isPassedOn(sink)) continue;
      for (const text of this.#texts.of(sink)) this.#add(text, sink);
    }
    ts.forEachChild(node, (child) => this.read(child));
  }

  /** What reads like a message, is no bug's and reached no sink that is known here: so that none gets past. */
  readRest(node: ts.Node): void {
    if (ts.isNewExpression(node) && node.expression.getText() === 'Error') return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const all = [...this.messages.keys()];
      for (const text of this.#texts.of(node)) {
        if (/\bexpected .*; got /.test(text) && !all.some((other) => other.includes(text))) this.#add(text, node);
      }
    }
    ts.forEachChild(node, (child) => this.readRest(child));
  }

  #add(text: string, from: ts.Node): void {
    const told = text.split('\n').find(saysSomething)?.trim();
    if (told === undefined || this.messages.has(told)) return;
    const { line } = from.getSourceFile().getLineAndCharacterOfPosition(from.getStart());
    this.messages.set(told, `${this.#fileOf(from)}:${line + 1}`);
  }

  #fileOf(node: ts.Node): string {
    return resolve(node.getSourceFile().fileName).slice(this.#root.length);
  }

  /** The expressions that this node hands to a user. */
  #sinksIn(node: ts.Node): ts.Expression[] {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return this.#sinkArguments(node);
    if (ts.isPropertyAssignment(node) && propertySinks.has(node.name.getText())) return [node.initializer];
    if (ts.isPropertyAssignment(node) && isMeaning(node)) return [node.initializer];
    if (ts.isShorthandPropertyAssignment(node) && propertySinks.has(node.name.text)) return [node.name];
    return [];
  }

  #sinkArguments(node: ts.CallExpression | ts.NewExpression): ts.Expression[] {
    const given = node.arguments ?? [];
    const callee = node.expression.getText();
    const isProgress = this.#fileOf(node) === 'scripts/setup/report.mjs';
    if (callee.endsWith('stderr.write') && !isProgress) return given.slice(0, 1);
    if (callee === 'InvalidArgumentError') return given.slice(0, 1);
    if (callee === 'Error' || callee === 'super') return this.#isShown(node) ? given.slice(0, 1) : [];
    const at = this.#sinkOf(node.expression);
    return at === undefined ? [] : given.slice(at, at + 1);
  }

  /** Which argument of a callee is a message: as its declaration says or, where that takes types to find, its name. */
  #sinkOf(callee: ts.Expression): number | undefined {
    if (successes.has(callee.getText())) return undefined;
    if (ts.isPropertyAccessExpression(callee)) return this.#sinks.get(callee.name.text);
    const declaration = this.#texts.declarationOf(callee);
    const type = declaration && (ts.isParameter(declaration) ? declaration.type : undefined);
    if (type !== undefined && ts.isTypeReferenceNode(type)) return this.#sinks.get(type.typeName.getText());
    const made = declaration && functionOf(declaration);
    return made === undefined ? this.#sinks.get(callee.getText()) : sinkAmong(made.parameters);
  }

  #isShown(node: ts.Node): boolean {
    return plainErrors.some((start) => this.#fileOf(node).startsWith(start));
  }

  /** Whether an expression passes on what callers give to a sink of their own. */
  #isPassedOn(node: ts.Expression): boolean {
    const declaration = this.#texts.declarationOf(node);
    if (declaration === undefined || !ts.isParameter(declaration) || listOf(declaration.parent)) return false;
    return parameterSinks.has(declaration.name.getText());
  }
}

function sinkAmong(parameters: ts.NodeArray<ts.ParameterDeclaration>): number | undefined {
  const at = parameters.findIndex(({ name }) => parameterSinks.has(name.getText()));
  return at < 0 ? undefined : at;
}

function saysSomething(line: string): boolean {
  return /\p{L}{3}/u.test(line.replace(/set-up:|warning:|what to do:/, ''));
}

/** An entry of the table that says what the operating system's codes mean. */
function isMeaning({ parent }: ts.PropertyAssignment): boolean {
  return ts.isVariableDeclaration(parent.parent) && parent.parent.name.getText() === 'meanings';
}
