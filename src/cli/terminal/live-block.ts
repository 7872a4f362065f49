/**
 * Lines that are redrawn in place at the bottom of a terminal. Between two writes the cursor stands, visible, on an
 * empty line above them. So a program that is killed leaves a usable terminal, another process writes to the empty line,
 * and where a terminal wraps lines because the window gets narrower, the cursor stays with its line.
 *
 * Only xterm.js, the terminal of VS Code, moves the cursor by the rows that wrapping adds or removes below it, but it
 * does not rewrap the line with the cursor (its option `reflowCursorLine`, false by default). There the block is one
 * wrapped line with the cursor in its first row, so that any number of changes of the width leave the cursor on it.
 */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
  /** Learns the present size of the window; if it has changed, the block is drawn again at once. */
  refresh?(): void;
}

export interface LiveBlock {
  /** Shows these lines in place of the ones before; none may be wider than the terminal. */
  draw(lines: readonly string[]): void;
  /** Prints a text, which may have several lines, above the block. */
  print(text: string): void;
  /** Removes the block; the next `draw` shows it again. */
  erase(): void;
}

const toTop = '\r\u001b[K\u001b[C\u001b[J\r'; // erases the row and all below; tmux would keep a copy of all that the corner's erases
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const keepInRow = '\u001b[?7l'; // what is too long is cut, since the window may just have got narrower
const wrapAgain = '\u001b[?7h';
const wrapNow = '\u001b[999C  \r'; // at the right margin, the second space begins a row that continues the line
const eraseRow = '\r\u001b[K'; // and ends the line above it, but does not separate it from the row below
const defaultRows = 24;

/** @param isXtermJs  true for a terminal that moves the cursor when lines below it are wrapped */
export function liveBlock(screen: Screen, isXtermJs = false): LiveBlock {
  let shown: readonly string[] = [];
  const nextRow = isXtermJs ? wrapNow : '\n';
  /** The lines that fit below the empty one. */
  const frame = (lines: readonly string[]) => {
    shown = lines.slice(0, Math.max(0, (screen.rows || defaultRows) - 2));
    if (shown.length === 0) return '';
    const rows = shown.map((line) => `${nextRow}${keepInRow}${line}${wrapAgain}`).join('');
    return `${rows}\u001b[${shown.length}A${isXtermJs ? eraseRow : '\r'}`;
  };
  return {
    draw(lines) {
      screen.write(`${hideCursor}${toTop}${frame(lines)}${showCursor}`);
    },
    print(text) {
      screen.refresh?.();
      if (shown.length === 0) screen.write(`${text}\n`);
      else screen.write(`${hideCursor}${toTop}${text}\n${frame(shown)}${showCursor}`);
    },
    erase() {
      screen.refresh?.();
      if (shown.length > 0) screen.write(toTop);
      shown = [];
    },
  };
}
