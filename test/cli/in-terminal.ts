/** A program in a pseudo-terminal (pseudo_terminal.py), and the screen that a terminal emulator draws of its output. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import xterm from '@xterm/headless';

/** False without Python, whose `pty` makes the terminal. */
export const hasTerminal =
  spawnSync('python3', ['-c', 'import pty, sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface InTerminal {
  /** The lines of the screen and all above it, without trailing spaces and empty last lines. */
  lines(): string[];
  /** Everything that the program has written. */
  written(): string;
  keys(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen is as asked for; fails if the program ends first. */
  until(isThere: (lines: readonly string[]) => boolean): Promise<void>;
  /** The exit status, once all output is on the screen. */
  readonly ended: Promise<number | null>;
  /** The row and column of the cursor, from 0; the row counts from the first line of `lines`. */
  cursor(): readonly [row: number, column: number];
  /** Kills the program. */
  close(): void;
}

export function inTerminal(command: readonly string[], options: TerminalOptions = {}): InTerminal {
  const { columns = 80, rows = 24, cwd = process.cwd(), env = {} } = options;
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CI|NO_COLOR|FORCE_COLOR|VITEST.*)$/.test(name));
  const child = spawn(
    'python3',
    [join(import.meta.dirname, 'pseudo_terminal.py'), `${columns}`, `${rows}`, ...command],
    {
      cwd,
      env: { ...Object.fromEntries(inherited), TERM: 'xterm-256color', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
  terminal.parser.registerOscHandler(7777, (size) => {
    const [to, high] = size.split(';').map(Number);
    terminal.resize(to as number, high as number);
    return true;
  });
  let written = '';
  let hasEnded = false;
  let changed = () => {};
  child.stdout.on('data', (bytes: Buffer) => {
    written += bytes.toString();
    terminal.write(bytes, () => changed());
  });
  const lines = () => {
    const { active } = terminal.buffer;
    const all = Array.from(
      { length: active.length },
      (_, i) => active.getLine(i)?.translateToString(true).trimEnd() ?? '',
    );
    return all.slice(0, 1 + all.findLastIndex((line) => line !== ''));
  };
  const tell = (order: object) => child.stdin.write(`${JSON.stringify(order)}\n`);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      hasEnded = true;
      terminal.write('', () => {
        resolve(status);
        changed();
      });
    });
  });
  return {
    lines,
    written: () => written,
    keys: (text) => tell({ keys: text }),
    resize: (to, high) => tell({ resize: [to, high] }),
    until: (isThere) =>
      new Promise((resolve, reject) => {
        changed = () => {
          if (isThere(lines())) resolve();
          else if (hasEnded) reject(new Error(`the program ended first; its screen:\n${lines().join('\n')}`));
        };
        changed();
      }),
    ended,
    cursor: () => [terminal.buffer.active.baseY + terminal.buffer.active.cursorY, terminal.buffer.active.cursorX],
    close: () => child.stdin.end(),
  };
}
