/** How often readers are fuzzed, with which seed, and what they may answer. */
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { Failure, type FailureKind } from '#core/failure';

/** `MNV4_FUZZ_RUNS=50` makes each property's runs fifty times as many, `MNV4_FUZZ_SEED` gives it others. */
const times = Number(process.env['MNV4_FUZZ_RUNS'] ?? 1);
const seed = Number(process.env['MNV4_FUZZ_SEED'] ?? 2024);

vi.setConfig({ testTimeout: 60_000 * Math.max(1, times) });

/** Holds what a property says against so many inputs, or a multiple of them. */
export function fuzz<T>(runs: number, input: fc.Arbitrary<T>, holds: (input: T) => void): void {
  fc.assert(fc.property(input, holds), { numRuns: Math.ceil(runs * times), seed });
}

/** What reading gives, or the failure that it ends in; whatever else it throws is a bug and goes on. */
export function outcomeOf<T>(read: () => T): { readonly value: T } | { readonly failure: Failure } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}

/** Expects of a failure its kind, and that every line of it names the file. */
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

/** Every number inside a value. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

export function expectFinite(value: unknown): void {
  expect(numbersIn(value).filter((number) => !Number.isFinite(number))).toEqual([]);
}
