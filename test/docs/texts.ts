/** The texts that an expression may be, found without types: by names, what they stand for, and who calls whom with what. */
import ts from 'typescript';

export const hole = '…'; // what is known only at run time
const mostVariants = 24;

export class Texts {
  readonly #checker: ts.TypeChecker;
  readonly #calls = new Map<ts.Node, ts.CallExpression[]>();
  readonly #pushed = new Map<ts.Node, ts.Expression[]>();
  readonly #bound = new Map<ts.Node, ts.CallExpression>();
  readonly #open = new Set<ts.Node>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Remembers who calls what, and what is pushed onto lists. */
  index(node: ts.Node): void {
    if (ts.isCallExpression(node)) {
      append(this.#calls, this.declarationOf(node.expression), node);
      append(this.#pushed, this.declarationOf(methodOf(node, 'push')), ...node.arguments);
    }
    ts.forEachChild(node, (child) => this.index(child));
  }

  /** All that an expression may be, as far as the source says it. */
  of(node: ts.Expression): string[] {
    if (this.#open.has(node)) return [hole];
    this.#open.add(node);
    try {
      return [...new Set(this.#variants(node))];
    } finally {
      this.#open.delete(node);
    }
  }

  #variants(node: ts.Expression): string[] {
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) {
      return this.of(node.expression);
    }
    if (ts.isSpreadElement(node)) return this.of(node.expression);
    if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((element) => this.of(element));
    if (ts.isConditionalExpression(node)) return [...this.of(node.whenTrue), ...this.of(node.whenFalse)];
    if (ts.isBinaryExpression(node)) return this.#binary(node);
    if (ts.isTemplateExpression(node)) return this.#template(node);
    if (ts.isIdentifier(node)) return this.#named(node);
    if (ts.isCallExpression(node)) return this.#returned(node);
    return [hole];
  }

  #binary({ left, operatorToken, right }: ts.BinaryExpression): string[] {
    const either = [ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.BarBarToken].includes(operatorToken.kind);
    return either ? [...this.of(left), ...this.of(right)] : [hole];
  }

  /** The text for each way to call the function that it stands in, where it shows several of its parameters. */
  #template(node: ts.TemplateExpression): string[] {
    const owners = node.templateSpans.flatMap(({ expression }) => {
      const declaration = this.declarationOf(expression);
      return declaration !== undefined && ts.isParameter(declaration) ? [declaration.parent] : [];
    });
    const owner = owners.find((one, i) => owners.indexOf(one) !== i);
    const calls = owner === undefined || this.#bound.has(owner) ? [] : this.#callsOf(owner);
    if (owner === undefined || calls.length === 0) return this.#filled(node);
    return calls.flatMap((call) => {
      this.#bound.set(owner, call);
      const texts = this.#filled(node);
      this.#bound.delete(owner);
      return texts;
    });
  }

  #filled(node: ts.TemplateExpression): string[] {
    return node.templateSpans.reduce<string[]>(
      (texts, { expression, literal }) => {
        const parts = this.#part(expression);
        return texts.flatMap((text) => parts.map((part) => `${text}${part}${literal.text}`));
      },
      [node.head.text],
    );
  }

  /** What may stand inside a message: an ending that is not always there is left out, what is open is a hole. */
  #part(expression: ts.Expression): string[] {
    const texts = this.of(expression);
    if (texts.includes('') && !texts.includes(hole)) return [''];
    const isOpen = texts.includes(hole) || texts.some((text) => /^[\d.]+$/.test(text));
    return isOpen || texts.length > mostVariants || texts.length === 0 ? [hole] : texts;
  }

  #named(node: ts.Identifier): string[] {
    const declaration = this.declarationOf(node);
    if (declaration === undefined) return [hole];
    if (ts.isParameter(declaration)) return this.#given(declaration);
    if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return [hole];
    const loop = declaration.parent.parent;
    const from = ts.isForOfStatement(loop) ? loop.expression : declaration.initializer;
    const pushed = (this.#pushed.get(declaration) ?? []).flatMap((expression) => this.of(expression));
    return [...pushed, ...(from === undefined ? [hole] : this.of(from))];
  }

  /** What the callers give for a parameter; of a callback of a list's, what the list holds. */
  #given(parameter: ts.ParameterDeclaration): string[] {
    const owner = parameter.parent;
    const list = listOf(owner);
    if (list !== undefined) return this.of(list);
    const bound = this.#bound.get(owner);
    const at = owner.parameters.indexOf(parameter);
    const given = (bound === undefined ? this.#callsOf(owner) : [bound]).flatMap((call) => call.arguments[at] ?? []);
    return given.length === 0 ? [hole] : given.flatMap((expression) => this.of(expression));
  }

  #callsOf(owner: ts.SignatureDeclaration): readonly ts.CallExpression[] {
    return this.#calls.get(ts.isVariableDeclaration(owner.parent) ? owner.parent : owner) ?? [];
  }

  #returned(node: ts.CallExpression): string[] {
    const kept = methodOf(node, 'filter', 'slice', 'sort');
    if (kept !== undefined) return this.of(kept);
    const declaration = methodOf(node, 'map', 'flatMap') ? node.arguments[0] : this.declarationOf(node.expression);
    const made = declaration && functionOf(declaration);
    if (made?.body === undefined) return [hole];
    const results = ts.isBlock(made.body) ? returnsOf(made.body) : [made.body];
    return results.length === 0 ? [hole] : results.flatMap((result) => this.of(result));
  }

  /** The declaration of a plain name; of others the types would be needed. */
  declarationOf(node: ts.Node | undefined): ts.Declaration | undefined {
    if (node === undefined || !ts.isIdentifier(node)) return undefined;
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.#checker.getSymbolAtLocation(node);
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return (isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol)?.declarations?.[0];
  }
}

/** The function that a declaration makes, or that an expression is. */
export function functionOf(node: ts.Node): ts.FunctionDeclaration | ts.ArrowFunction | undefined {
  const made = ts.isVariableDeclaration(node) ? node.initializer : node;
  return made !== undefined && (ts.isFunctionDeclaration(made) || ts.isArrowFunction(made)) ? made : undefined;
}

function append<K, V>(map: Map<K, V[]>, key: K | undefined, ...values: V[]): void {
  if (key !== undefined) map.set(key, [...(map.get(key) ?? []), ...values]);
}

/** The list whose entries a callback is given. */
export function listOf({ parent }: ts.Node): ts.Expression | undefined {
  return ts.isCallExpression(parent) ? methodOf(parent, 'map', 'flatMap', 'forEach') : undefined;
}

/** The object of a call of one of these methods. */
function methodOf(call: ts.CallExpression, ...names: string[]): ts.Expression | undefined {
  const { expression: callee } = call;
  return ts.isPropertyAccessExpression(callee) && names.includes(callee.name.text) ? callee.expression : undefined;
}

function returnsOf(node: ts.Node): ts.Expression[] {
  if (ts.isReturnStatement(node)) return node.expression === undefined ? [] : [node.expression];
  if (ts.isFunctionLike(node)) return [];
  const found: ts.Expression[] = [];
  ts.forEachChild(node, (child) => void found.push(...returnsOf(child)));
  return found;
}
