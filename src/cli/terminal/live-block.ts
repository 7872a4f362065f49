/**
 * Lines that are redrawn in place at the bottom of a terminal. Between two writes the cursor stands, visible, on an
 * empty line above them. So a program that is killed leaves a usable terminal, another process writes to the empty line,
 * and where lines are wrapped because the window gets narrower, the cursor stays with its line. Only xterm.js, the
 * terminal of VS Code, moves it down by the lines that wrapping adds below it.
 */
import { stripVTControlCharacters } from 'node:util';

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

const eraseDown = '\r\u001b[J';
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const defaultRows = 24;

/** @param isXtermJs  true for a terminal that moves the cursor down when lines below it are wrapped */
export function liveBlock(screen: Screen, isXtermJs = false): LiveBlock {
  let shown: readonly string[] = [];
  let drawnColumns: number | undefined;
  /** Returns to the empty line and erases all below. */
  const toTop = () => {
    const { columns } = screen;
    const up = isXtermJs && columns && drawnColumns && columns < drawnColumns ? rowsMoved(shown, columns) : 0;
    drawnColumns = columns;
    return `${up > 0 ? `\u001b[${up}A` : ''}${eraseDown}`;
  };
  /** The lines that fit below the empty one. */
  const frame = (lines: readonly string[]) => {
    shown = lines.slice(0, Math.max(0, (screen.rows || defaultRows) - 2));
    return shown.length === 0 ? '' : `\n${shown.join('\n')}\u001b[${shown.length}A\r`;
  };
  return {
    draw(lines) {
      screen.write(`${hideCursor}${toTop()}${frame(lines)}${showCursor}`);
    },
    print(text) {
      screen.refresh?.();
      if (shown.length === 0) screen.write(`${text}\n`);
      else screen.write(`${hideCursor}${toTop()}${text}\n${frame(shown)}${showCursor}`);
    },
    erase() {
      screen.refresh?.();
      if (shown.length > 0) screen.write(toTop());
      shown = [];
    },
  };
}

/**
 * Returns how many rows xterm.js moves the cursor below the empty line when it wraps the block to `columns`. It goes
 * from the last line to the first and moves by the rows that a line gains, unless the cursor is in that line.
 */
function rowsMoved(lines: readonly string[], columns: number): number {
  return lines.reduceRight((moved, line, i) => {
    const rows = Math.ceil(stripVTControlCharacters(line).length / columns);
    return moved === i + 1 ? moved : moved + Math.max(0, rows - 1);
  }, 0);
}
