/** A whole search in a pseudo-terminal, as people see it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hasTerminal, type InTerminal, inTerminal } from '#test/cli/in-terminal';
import { entry } from '#test/cli/program';
import { project } from './small-project.js';

/** Makes the program, but not the processes of its phases, write a line to standard error every 20 ms. */
const logging = `let n=0;if(!process.send)setInterval(()=>process.stderr.write('log '+n+++' end\\n'),20).unref()`;
/** Makes it compute, deaf to signals, from the time that there is a file `compute` until there is a file `go`. */
const computing = `import {existsSync} from 'node:fs';const wait=()=>Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,20);
if(!process.send)setInterval(()=>{if(!existsSync('compute')||existsSync('go'))return;
process.stderr.write('computing\\n');while(!existsSync('go'))wait()},10).unref()`;

function search(
  columns: number,
  env: Readonly<Record<string, string>> = {},
  { folder = project(), hook = logging } = {},
): InTerminal {
  const imported = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
  const command = [process.execPath, ...imported, entry, 'search', 'search.yaml', '--threads', '1'];
  return inTerminal(command, {
    columns,
    rows: 24,
    cwd: folder,
    env: { MNV4_CACHE: join(folder, 'cache'), TERM_PROGRAM: 'vscode', ...env }, // the emulator is that of VS Code
  });
}

const blockLine = /^(\d\/9 |reward \S+|loss \S+|macs \S+ \()|left/;

/** The lines of the block, which follow the last empty line. */
function blockOf(lines: readonly string[]): string[] {
  return lines.slice(1 + lines.lastIndexOf(''));
}

/** The numbers of the log's lines; a line that is torn, or shares its row with another text, is not among them. */
function logged(lines: readonly string[]): number[] {
  return lines.flatMap((line) => (/^log \d+ end$/.test(line) ? [Number(line.split(' ')[1])] : []));
}

const isVisible = (screen: InTerminal) =>
  screen.written().lastIndexOf('\u001b[?25h') > screen.written().lastIndexOf('\u001b[?25l');

describe.skipIf(!hasTerminal)('in a terminal (skipped without Python 3.9), a search', { timeout: 300_000 }, () => {
  it.each([
    [80, 44],
    [30, 70],
  ])('draws one block in %i columns and, after a resize, in %i, below whole lines of log', async (columns, other) => {
    const screen = search(columns);
    const shows = (stage: string) => screen.until((lines) => blockOf(lines).some((line) => line.includes(stage)));
    for (const [stage, to] of [
      ['1/9 teacher', other],
      ['3/9 coarse', columns],
      ['4/9 fine', columns],
    ] as const) {
      await shows(stage);
      const block = blockOf(screen.lines());
      expect(block.filter((line) => !blockLine.test(line))).toEqual([]);
      expect(block.length).toBeLessThanOrEqual(4);
      screen.resize(to, 24);
    }
    expect(await screen.ended).toBe(0);
    const lines = screen.lines();
    expect(logged(lines)).toEqual(logged(lines).map((_, i) => i));
    expect(logged(lines).length).toBeGreaterThan(50);
    expect(lines.filter((line) => line.includes('log') && !/^log \d+ end$/.test(line))).toEqual([]);
    const stages = lines.flatMap((line) => /^\d\/9 \w+/.exec(line)?.[0] ?? []);
    const compared = ['5/9 compare', '6/9 compare', '7/9 compare'];
    expect(stages).toEqual(['1/9 teacher', '2/9 dataset', '3/9 coarse', '4/9 fine', ...compared, '8/9 train']);
    expect(lines.slice(-60).join('\n')).toContain('small: searched, trained');
    expect(lines.filter((line) => / left/.test(line))).toEqual([]);
    expect([isVisible(screen), screen.cursor()[1]]).toEqual([true, 0]);
  });

  it('stopped by Ctrl-C leaves the message, no block, and the cursor visible', async () => {
    const screen = search(80, { NO_COLOR: '1' });
    await screen.until((lines) => blockOf(lines).some((line) => /3\/9 coarse/.test(line)));
    screen.keys('\u0003');
    expect(await screen.ended).toBe(75);
    const lines = screen.lines();
    expect(lines.filter((line) => !line.startsWith('log')).at(-1)).toContain('run the same command again to resume');
    expect(lines.filter((line) => / left/.test(line))).toEqual([]);
    expect([isVisible(screen), screen.cursor()[1]]).toEqual([true, 0]);
    const colours = screen
      .written()
      .split('\u001b[')
      .filter((after) => /^\d+m/.test(after));
    expect(colours).toEqual([]);
  });

  it.each(['1/9 teacher', '3/9 coarse'])(
    'stopped by a second Ctrl-C in %s ends at once, leaves no block, and resumes',
    async (stage) => {
      const folder = project();
      const screen = search(80, {}, { folder, hook: computing });
      await screen.until((lines) => blockOf(lines).some((line) => line.startsWith(stage)));
      writeFileSync(join(folder, 'compute'), '');
      await screen.until((lines) => lines.some((line) => line.startsWith('computing')));
      screen.keys('\u0003');
      await screen.until((lines) => lines.some((line) => line.includes('^C')));
      await pause(250); // a signal that is sent while the same one is pending would be lost
      screen.keys('\u0003');
      await screen.until((lines) => lines.some((line) => line.includes('^C^C')));
      writeFileSync(join(folder, 'go'), '');
      expect(await screen.ended).toBe(130);
      const lines = screen.lines();
      expect(lines.at(-1)).toBe('computing');
      expect([isVisible(screen), ...screen.cursor()]).toEqual([true, lines.length, 0]);
      const again = search(80, {}, { folder });
      expect(await again.ended).toBe(0);
      expect(again.lines().slice(-40).join('\n')).toContain('small: searched, trained');
    },
  );

  it('with TERM=dumb writes log lines, and moves no cursor', async () => {
    const screen = search(200, { TERM: 'dumb' });
    await screen.until((lines) => lines.some((line) => line.includes('"msg":"progress"')));
    screen.close();
    await screen.ended;
    expect(screen.written()).not.toContain('\u001b');
  });
});
