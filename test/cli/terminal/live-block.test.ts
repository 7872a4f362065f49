/** The block of lines in tmux, a real terminal that wraps lines by other rules than xterm.js. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newFolder } from '#test/data/fixtures';

const program = resolve('test/cli/terminal/block-program.mjs');
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!hasTmux)('in tmux (skipped without it)', () => {
  it.each(['other', 'xterm'])(
    'keeps every line of a log whole and leaves no old block when the width changes, drawn for %s',
    { timeout: 60_000 },
    async (terminal) => {
      const socket = join(newFolder(), 'tmux');
      const tmux = (...args: string[]) =>
        spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args]).stdout.toString();
      onTestFinished(() => void tmux('kill-server'));
      tmux('new-session', '-d', '-x', '80', '-y', '24', `'${process.execPath}' '${program}' ${terminal}`);
      const lines = () =>
        tmux('capture-pane', '-p', '-J', '-S', '-')
          .split('\n')
          .map((line) => line.trimEnd());
      for (const width of [44, 100, 60, 80, 30, 90]) {
        await pause(250);
        tmux('resize-window', '-x', `${width}`);
      }
      while (!lines().includes('done')) await pause(50);
      const notes = Array.from({ length: 60 }, (_, note) => `note ${note} ${'-'.repeat((note * 37) % 70)}.`);
      expect(lines().filter((line) => line !== '')).toEqual([...notes, 'done']);
    },
  );
});
