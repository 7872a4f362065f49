import { describe, expect, it } from 'vitest';
import { exitCodes, Failure, type FailureKind, formatDiagnostic } from '#core/failure';

describe('a failure', () => {
  it('has the exit code of its kind: a contract with scripts and schedulers', () => {
    expect(exitCodes).toEqual({
      done: 0,
      bug: 1,
      usage: 2,
      config: 3,
      data: 4,
      backend: 5,
      targetMissed: 6,
      stopped: 75,
    });
    for (const kind of ['usage', 'config', 'data', 'backend', 'targetMissed', 'stopped'] satisfies FailureKind[]) {
      expect(new Failure(kind, 'x').exitCode).toBe(exitCodes[kind]);
    }
  });

  it('tells all of its diagnostics, one a line', () => {
    const failure = new Failure('config', [
      { file: 'a.yaml', line: 2, column: 3, path: 'b', message: 'c' },
      { message: 'd' },
    ]);
    expect(failure.message).toBe('a.yaml:2:3: b: c\nd');
    expect(failure).toBeInstanceOf(Error);
    expect(failure.remedy).toBeUndefined();
  });

  it('may be a sentence and what to do', () => {
    expect(new Failure('data', 'no images', 'fetch some')).toMatchObject({
      diagnostics: [{ message: 'no images' }],
      remedy: 'fetch some',
    });
  });
});

it.each([
  [{ message: 'm' }, 'm'],
  [{ file: 'f', message: 'm' }, 'f: m'],
  [{ file: 'f', path: 'a.b', message: 'm' }, 'f: a.b: m'],
  [{ path: '', message: 'm' }, 'm'],
  [{ file: 'f', line: 1, message: 'm' }, 'f:1: m'],
])('a diagnostic %o reads %s', (diagnostic, text) => {
  expect(formatDiagnostic(diagnostic)).toBe(text);
});
