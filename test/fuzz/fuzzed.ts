/** The number and seed of fuzzing runs, and the outcomes that readers may have. */
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { Failure, type FailureKind } from '#core/failure';

/** Multiplier of each property's runs: `MNV4_FUZZ_RUNS=50` makes 50 times as many; `MNV4_FUZZ_SEED` varies them. */
const times = Number(process.env['MNV4_FUZZ_RUNS'] ?? 1);
const seed = Number(process.env['MNV4_FUZZ_SEED'] ?? 2024);

vi.setConfig({ testTimeout: 60_000 * Math.max(1, times) });

/** Checks a property on the number of inputs, times `MNV4_FUZZ_RUNS`. */
export function fuzz<T>(runs: number, input: fc.Arbitrary<T>, holds: (input: T) => void): void {
  fc.assert(fc.property(input, holds), { numRuns: Math.ceil(runs * times), seed });
}

/** Checks a property of something that is read in the background, like `fuzz`. */
export function fuzzAsync<T>(runs: number, input: fc.Arbitrary<T>, holds: (input: T) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(input, holds), { numRuns: Math.ceil(runs * times), seed });
}

/** Returns the value that a promise has, or the failure that it is rejected with; other exceptions are rethrown. */
export async function outcomeOfAsync<T>(
  read: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: Failure }> {
  try {
    return { value: await read() };
  } catch (error) {
    return outcomeOf(() => {
      throw error;
    });
  }
}

/** Returns the value read, or the failure thrown; any other exception is a bug and is rethrown. */
export function outcomeOf<T>(read: () => T): { readonly value: T } | { readonly failure: Failure } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}

/** Expects that a failure is of a kind, and that each of its diagnostics names the file. */
export function expectNamed(failure: Failure, kind: FailureKind | readonly FailureKind[], file: string): void {
  expect([kind].flat()).toContain(failure.kind);
  expect(failure.diagnostics.length).toBeGreaterThan(0);
  for (const { file: named, message } of failure.diagnostics) {
    expect(named).toContain(file);
    expect(message).not.toMatch(/\n/);
  }
}

/** Expects that a failure's lines and columns lie inside the text. */
export function expectPlaced({ diagnostics }: Failure, text: string): void {
  const lines = text.split(/\r\n|\r|\n/);
  for (const { line, column } of diagnostics) {
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThan(0);
    expect(column).toBeLessThanOrEqual((lines[(line as number) - 1] as string).length + 1);
  }
}

/** Returns every number inside a value. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

export function expectFinite(value: unknown): void {
  expect(numbersIn(value).filter((number) => !Number.isFinite(number))).toEqual([]);
}
