// @ts-check
// Draws a block of lines and prints texts above it, with pauses in which it computes: node block-program.mjs xterm|other
import { liveBlock } from '#cli/terminal/live-block';

const { stdout } = process;
const refresh = () => Reflect.get(stdout, '_refreshSize').call(stdout);
const screen = {
  write: (/** @type {string} */ text) => stdout.write(text),
  get columns() {
    return stdout.columns;
  },
  get rows() {
    return stdout.rows;
  },
  refresh,
};
const block = liveBlock(screen, process.argv[2] === 'xterm');
const draw = () => {
  refresh();
  const lines = [70, 40, 60, 20].map((length, i) => `block ${i} ${'='.repeat(length)}`);
  block.draw(lines.map((line) => line.slice(0, stdout.columns - 1)));
};
stdout.on('resize', draw);
for (let note = 0; note < 60; note++) {
  draw();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
  block.print(`note ${note} ${'-'.repeat((note * 37) % 70)}.`);
  await new Promise((passed) => setTimeout(passed, 5));
}
block.erase();
stdout.write('done\n');
setInterval(() => {}, 1000);
