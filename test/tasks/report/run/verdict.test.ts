import { describe, expect, it } from 'vitest';
import { amountText, costTitle, distanceText, verdictOf } from '#tasks/report/run/verdict';
import { reportedRun, result } from './report-fixture.js';

describe('the verdict', () => {
  it('says what was found, whether it is on target and what random architectures reach', () => {
    const { outcome, short, sentences } = verdictOf(reportedRun());
    expect([outcome, short]).toEqual(['met', 'target met']);
    expect(sentences).toEqual([
      'a, a coarse search, searched for 40 steps and found an architecture of 98,000 MACs with 80.0 % accuracy in its SuperNet on 100 validation images (95 % interval 70.0 % to 90.0 %), the best of 3 candidates by reward.',
      'The target is met: the architecture is 2.0 % below its target of 100,000 MACs; the tolerance is 5 %.',
      'Its reward of 0.8000 is higher than that of the best of 2 random architectures, evaluated in the same SuperNet (reward 0.7500; on average 0.7000).',
    ]);
  });

  it('is a miss if the run says so, and does not hide a better random architecture', () => {
    const random = { ...(result.random as NonNullable<typeof result.random>), bestReward: 0.9 };
    const { outcome, sentences } = verdictOf(reportedRun({ result: { ...result, missed: ['macs'], random } }));
    expect(outcome).toBe('missed');
    expect(sentences[1]).toMatch(/^The target is missed: /);
    expect(sentences[2]).toMatch(/^Its reward of 0.8000 is lower than that of the best of 2 random architectures/);
    const without = verdictOf(reportedRun({ result: { ...result, random: null } }));
    expect(without.sentences[2]).toBe('It was not compared with random architectures (compareRandom is 0).');
  });

  it('says of a run without a result how far it is, and that its architecture is the policy’s', () => {
    const running = verdictOf(reportedRun({ result: undefined, logged: [20] }));
    expect([running.outcome, running.short]).toEqual(['unfinished', 'in progress']);
    expect(running.sentences[0]).toContain('a coarse search for 100,000 MACs, is in progress after 20 of 40 steps');
    expect(running.sentences[1]).toContain('most likely one of its policy after step 20, not a result');
    const empty = verdictOf(reportedRun({ result: undefined, logged: [] }));
    expect(empty.sentences[1]).toBe('Its policy has not been logged yet.');
  });
});

it('words costs and distances with their units', () => {
  expect(amountText('latencyMs@pixel-6-cpu', 0.08234)).toBe('0.0823 ms on pixel-6-cpu');
  expect(amountText('params', 3_700_000)).toBe('3,700,000 parameters');
  expect(costTitle('latencyMs@x')).toBe('latency on x, ms');
  expect([distanceText({ value: 1.0001, target: 1 }), distanceText({ value: 1.1, target: 1 })]).toEqual([
    'on',
    '10.0 % above',
  ]);
});
