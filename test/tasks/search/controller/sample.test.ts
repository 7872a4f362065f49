import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { uniformPolicy } from '#tasks/search/controller/policy';
import { sample } from '#tasks/search/controller/sample';
import { choice, choicesOf } from './choices.js';

const ln = Math.log;
const draws = (n: number, draw: (i: number) => ReturnType<typeof sample>) =>
  Array.from({ length: n }, (_, i) => draw(i));

describe('a sample', () => {
  it('of a policy with only outermost choices has them all active', () => {
    const drawn = sample(uniformPolicy(choicesOf(1, 2, 3, 4)), randomStream('s'));
    expect(drawn.active).toEqual([true, true, true, true]);
  });

  it('follows the probabilities', () => {
    const policy = { ...uniformPolicy(choicesOf(3)), logits: [[ln(1), ln(2), ln(5)]] };
    const random = randomStream('frequencies');
    const drawn = draws(20_000, () => sample(policy, random)).map(({ decisions }) => decisions[0]);
    for (const [i, p] of [1 / 8, 2 / 8, 5 / 8].entries()) {
      expect(drawn.filter((option) => option === i).length / 20_000).toBeCloseTo(p, 2);
    }
  });

  it('depends on the stream alone and always draws two numbers per choice', () => {
    const policy = uniformPolicy(choicesOf(4, 4, 4));
    const [warm, cold, counted] = [randomStream('a'), randomStream('a'), randomStream('a')];
    sample(policy, warm, { op: 0.5, filter: 0.5 });
    sample(policy, cold);
    for (let i = 0; i < 6; i++) counted.uniform();
    expect([warm.uniform(), cold.uniform()]).toEqual(new Array(2).fill(counted.uniform()));
  });
});

describe('the warm-up', () => {
  const policy = uniformPolicy([choice(4), choice(5, { kind: 'filter', largest: 2 })]);

  it('replaces everything at probability 1', () => {
    const drawn = sample(policy, randomStream('s'), { op: 1, filter: 1 });
    expect(drawn).toMatchObject({ allOn: [true, false], replaced: [true, true] });
    expect(drawn.decisions[1]).toBe(2);
  });

  it('replaces each choice independently, at the probability of its kind', () => {
    const random = randomStream('independent');
    const all = draws(20_000, () => sample(policy, random, { op: 0.3, filter: 0.6 }));
    const share = (of: (s: (typeof all)[number]) => boolean | undefined) => all.filter(of).length / all.length;
    expect(share(({ replaced }) => replaced[0])).toBeCloseTo(0.3, 1);
    expect(share(({ replaced }) => replaced[1])).toBeCloseTo(0.6, 1);
    expect(share(({ replaced }) => replaced[0] && replaced[1])).toBeCloseTo(0.18, 1);
  });
});

describe('a choice inside a skipped or unpicked block', () => {
  /** A block that may be skipped; in it a pick between two blocks; in the second of these a kernel. */
  const nested = uniformPolicy([
    choice(2),
    choice(2, { when: [{ choice: 0, option: 1 }] }),
    choice(3, {
      when: [
        { choice: 0, option: 1 },
        { choice: 1, option: 1 },
      ],
    }),
  ]);

  it('does not count', () => {
    const random = randomStream('nested');
    const seen = new Map(draws(300, () => sample(nested, random)).map((s) => [s.active.join(), s]));
    expect([...seen.keys()].sort()).toEqual(['true,false,false', 'true,true,false', 'true,true,true']);
    for (const { active, decisions } of seen.values()) expect(active[1]).toBe(decisions[0] === 1);
  });

  it('counts if a warm-up turned on all options of the outer choice', () => {
    const drawn = sample(nested, randomStream('s'), { op: 1, filter: 0 });
    expect(drawn).toMatchObject({ active: [true, true, true], allOn: [true, true, true] });
  });
});
