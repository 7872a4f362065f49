import { describe, expect, it } from 'vitest';
import { readAhead } from '#data/images/read-ahead';

/** Makes its place times ten on a later turn of the event loop, and records each place that it starts. */
function slow(failing: readonly number[] = []) {
  const begun: number[] = [];
  const make = async (place: number) => {
    begun.push(place);
    await new Promise(setImmediate);
    if (failing.includes(place)) throw new Error(`${place} is damaged`);
    return 10 * place;
  };
  return { begun, at: readAhead(make) };
}

describe('reading ahead', () => {
  it('starts what follows before the first is there, and nothing twice', async () => {
    const { begun, at } = slow();
    const first = at(0, [1, 2]);
    expect(begun).toEqual([0, 1, 2]);
    expect(await first).toBe(0);
    expect(await at(1, [2, 3])).toBe(10);
    expect(await at(2, [3])).toBe(20);
    expect(await at(3)).toBe(30);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('has the next one ready after a turn of the event loop', async () => {
    const { at } = slow();
    await at(0, [1]);
    await new Promise(setImmediate);
    let isReady = false;
    void at(1).then(() => {
      isReady = true;
    });
    await Promise.resolve();
    expect(isReady).toBe(true);
  });

  it('goes anywhere and forgets what no longer follows', async () => {
    const { begun, at } = slow();
    await at(0, [1]);
    expect(await at(7)).toBe(70);
    expect(await at(1)).toBe(10);
    expect(begun).toEqual([0, 1, 7, 1]);
  });

  it('fails where a damaged one is asked for, not where it is started', async () => {
    const { at } = slow([1]);
    expect(await at(0, [1])).toBe(0);
    await new Promise(setImmediate);
    await expect(at(1, [2])).rejects.toThrow('1 is damaged');
    expect(await at(2)).toBe(20);
  });

  it('ignores a damaged one that is never asked for', async () => {
    const { at } = slow([1]);
    expect(await at(0, [1])).toBe(0);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate); // a rejection unheard would fail the test
  });
});
