import { describe, expect, it } from 'vitest';
import { evaluatedPoints, onFront } from '#tasks/report/run/evaluated';
import { reportedRun, result } from './report-fixture.js';

describe('the evaluated architectures of a run', () => {
  it('are the result, the other candidates and the random ones, each once', () => {
    const points = evaluatedPoints(reportedRun());
    expect(points.map(({ origin, decisions, drawn, costs }) => [origin, decisions, drawn, costs['macs']])).toEqual([
      ['result', [1, 0], 2, 98_000],
      ['candidate', [0, 1], 1, 60_000],
      ['random', [0, 0], 1, 50_000],
      ['random', [1, 1], 1, 150_000],
    ]);
  });

  it('are on the front unless another is as accurate and as cheap, and better in one of them', () => {
    const points = evaluatedPoints(reportedRun());
    expect(onFront(points, 'macs')).toEqual([true, false, true, false]);
    expect(onFront(points, 'params')).toEqual([false, false, false, false]);
  });

  it('are none before the run is done, and no random ones if these were only summed up', () => {
    expect(evaluatedPoints(reportedRun({ result: undefined }))).toEqual([]);
    const older = evaluatedPoints(reportedRun({ result: { ...result, randomCandidates: undefined } }));
    expect(older.map(({ origin }) => origin)).toEqual(['result', 'candidate']);
  });
});
