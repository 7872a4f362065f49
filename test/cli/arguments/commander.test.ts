import { describe, expect, it } from 'vitest';
import { defineCommand } from '#cli/arguments/command-spec';
import { wholeNumber } from '#cli/arguments/whole-number';
import { Failure } from '#core/failure';
import { printed } from '#test/cli/printed';

/** Prints its arguments and options. */
const echo = defineCommand({
  arguments: [
    { name: '<first>', description: 'one' },
    { name: '[others...]', description: 'more' },
  ],
  options: [
    { flag: '--root <folder>', description: 'with a default', default: 'runs' },
    { flag: '--run-id <id>', description: 'of two words' },
    { flag: '--seed <n>', description: 'parsed', parse: wholeNumber(0) },
    { flag: '--profile [steps]', description: 'with a value or without', parse: wholeNumber(1) },
    { flag: '--mode <name>', description: 'one of a few', choices: ['fast', 'slow'] },
    { flag: '--device <names...>', description: 'several' },
    { flag: '--fold', description: 'switched on' },
    { flag: '--no-fold', description: 'switched off' },
    { flag: '--json', description: 'as JSON' },
  ],
  examples: ['mnv4-nas echo one'],
  run([first, others], { root, runId, seed, profile, mode, device, fold }) {
    const isTyped: [string, readonly string[], string, 'fast' | 'slow' | undefined] = [first, others, root, mode];
    const json = { isTyped, runId, seed, profile, device, fold };
    return { json, text: () => `${first} for people` };
  },
});

const given = async (...args: string[]) => JSON.parse(await printed(echo, 'a', ...args, '--json'));

describe('a command', () => {
  it('receives its arguments and the defaults of its options', async () => {
    expect(await given('b', 'c')).toEqual({ isTyped: ['a', ['b', 'c'], 'runs', null] });
  });

  it('receives its parsed options under the names of their flags', async () => {
    const words = ['--run-id', 'x', '--seed', '7', '--mode', 'slow', '--device', 'p', 'q'];
    expect(await given(...words)).toMatchObject({
      runId: 'x',
      seed: 7,
      isTyped: ['a', [], 'runs', 'slow'],
      device: ['p', 'q'],
    });
  });

  it('receives true for a flag without its value, false for a --no flag', async () => {
    expect(await given('--profile', '--no-fold')).toMatchObject({ profile: true, fold: false });
    expect(await given('--profile', '5', '--fold')).toMatchObject({ profile: 5, fold: true });
  });

  it('prints text without --json, with one line end', async () => {
    expect(await printed(echo, 'a')).toBe('a for people\n');
  });

  it('fails after its result is printed', async () => {
    const failure = new Failure('targetMissed', 'missed');
    const missing = { ...echo, run: () => ({ text: () => '', failure }) };
    await expect(printed(missing, 'a')).rejects.toBe(failure);
  });
});
