// @ts-check
// Polls for a stop, like a long command between steps: node asker.mjs WORDS. With `works` among them it polls at once,
// with `idles` it does not, with `deaf` it is a short command. Prints a line after each poll, exits with 75 once it is
// asked to stop, and with 9 after a while.
import { hearNoStopSignals, hearStopSignals, stopOnSignal } from '#cli/process/stop-signal';

const words = process.argv.slice(2);
hearStopSignals();
if (words.includes('deaf')) hearNoStopSignals();
const { asked } = words.includes('works') ? stopOnSignal() : { asked: () => false };
console.log(`ready ${process.pid}`);
let ticks = 0;
setInterval(() => {
  if (asked()) process.exit(75);
  console.log(`looked ${Date.now()}`);
  if (++ticks === 1000) process.exit(9);
}, 20);
