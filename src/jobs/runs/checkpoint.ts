/**
 * Checkpoints, `checkpoints/step-000400/`: tensors in `weights.safetensors`, all other state in `state.json`, and
 * `manifest.json`, written last, with the size and SHA-256 of both and a SHA-256 of its other fields. A checkpoint is
 * built in a temporary folder, flushed and renamed, so that it is complete unless the disk has damaged it.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { conform, integer, quantity, record, text } from '#core/documents/conform';
import { locateJson } from '#core/documents/document';
import { Failure, formatDiagnostic } from '#core/failure';
import {
  discard,
  flushFolder,
  parsedJson,
  readBytes,
  readUtf8,
  sha256,
  writeFailure,
  writeFlushed,
} from '#core/files/files';
import { jsonText, sealed, sealProblem } from '#core/files/json';
import { utf8 } from '#core/files/text';
import { type NamedTensor, parseSafetensors, safetensorsParts, type Tensors } from '#data/files/safetensors';
import {
  besides,
  checkpointFolder,
  checkpointSteps,
  checkpointsOf,
  glimpsedManifest,
  manifestName,
  removeCheckpoint,
  removeLater,
  removeLeftovers,
  removeOutdated,
} from './checkpoint-folders.js';
import type { Run } from './run-folder.js';

export interface Checkpoint {
  /** Finished steps. */
  readonly step: number;
  readonly tensors: Tensors;
  /** JSON data; a non-finite number in it is a bug. */
  readonly state: unknown;
  /** Quality of the weights at this step, the higher the better, if known. */
  readonly score?: number | undefined;
}

export interface LoadedCheckpoint {
  readonly step: number;
  /** Views of the file's bytes; the caller owns them. */
  readonly tensors: Map<string, NamedTensor>;
  readonly state: unknown;
}

const version = 1;
const weightsName = 'weights.safetensors';
const stateName = 'state.json';
const keptByDefault = 2;

/**
 * Saves a checkpoint, then removes all but the last `keep` and the one with the highest score. If the disk refuses, the
 * earlier checkpoints stay unchanged.
 */
export function saveCheckpoint(run: Run, { step, tensors, state, score }: Checkpoint, keep = keptByDefault): void {
  run.flush();
  const folder = checkpointFolder(run, step);
  const part = besides(folder, 'part');
  const parts: [string, Uint8Array[]][] = [
    [weightsName, safetensorsParts(tensors, { step: `${step}` })],
    [stateName, [Buffer.from(JSON.stringify(state, refuseNonFinite))]],
  ];
  const files = Object.fromEntries(parts.map(([name, bytes]) => [name, fingerprint(bytes)]));
  const manifest = Buffer.from(jsonText(sealed({ version, step, score, files })));
  try {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    for (const [name, bytes] of parts) writeFlushed(join(part, name), bytes);
    writeFlushed(join(part, manifestName), [manifest]);
    flushFolder(part);
    if (existsSync(folder)) removeCheckpoint(folder);
    renameSync(part, folder);
    flushFolder(dirname(folder));
    removeLater(run, step);
    removeOutdated(run, step, keep);
  } catch (error) {
    discard(part);
    throw error instanceof Failure ? error : writeFailure(folder, 'write a checkpoint', error);
  }
}

/**
 * Returns the checkpoint to resume from, as `loadLatestCheckpoint` finds it. Also removes the leftovers of a process
 * that was killed, and sets the run's step.
 */
export function resumeFromCheckpoint(run: Run, notice: (message: string) => void): LoadedCheckpoint | undefined {
  removeLeftovers(run);
  const found = loadLatestCheckpoint(run, notice);
  if (found === undefined) return undefined;
  removeOutdated(run, found.step, keptByDefault);
  run.progress(found.step);
  return found;
}

/**
 * The run's last checkpoint, verified; undefined if it has none. Reports each damaged one to `notice` and tries the one
 * before it. Throws a data failure if all are damaged or if one has another version.
 */
export function loadLatestCheckpoint(
  run: Pick<Run, 'folder'>,
  notice: (message: string) => void,
): LoadedCheckpoint | undefined {
  const steps = checkpointSteps(run);
  for (const step of [...steps].reverse()) {
    const folder = checkpointFolder(run, step);
    refuseOtherVersion(folder);
    const found = loadedOrDamage(folder, step);
    if (typeof found !== 'string') return found;
    notice(`${folder}: damaged, so the checkpoint before it is used: ${found}`);
  }
  if (steps.length === 0) return undefined;
  const message = `cannot resume: every checkpoint is damaged (${steps.length})`;
  throw new Failure('data', { file: checkpointsOf(run), message }, 'remove that folder to begin the run again');
}

function fingerprint(parts: readonly Uint8Array[]): FileEntry {
  return { bytes: parts.reduce((sum, { length }) => sum + length, 0), sha256: sha256(...parts) };
}

/** Throws on NaN and infinities: JSON would turn them into null, and the resumed run would differ. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`checkpoint state: ${key} is ${value}`);
  return value;
}

const fileEntry = record({ bytes: integer('a size in bytes', 0), sha256: text('a SHA-256') });
const manifestSchema = record({
  version: z.literal(version, { error: `version ${version}` }),
  step: integer('a number of steps', 0),
  score: quantity('a score').optional(),
  files: record({ [weightsName]: fileEntry, [stateName]: fileEntry }),
  /** SHA-256 of the other fields; older checkpoints have none. */
  sha256: text('a SHA-256').optional(),
});

type FileEntry = z.output<typeof fileEntry>;

/** The checkpoint, or a description of its damage. */
function loadedOrDamage(folder: string, step: number): LoadedCheckpoint | string {
  try {
    return loaded(folder, step);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.diagnostics.map(formatDiagnostic).join('; ');
  }
}

function loaded(folder: string, step: number): LoadedCheckpoint {
  const file = join(folder, manifestName);
  const text = readUtf8(file);
  const located = locateJson(file, text);
  const manifest = conform(located, manifestSchema);
  if (jsonText(located.value) !== text) throw damaged(file, 'expected the text that was written; got another');
  const problem = sealProblem(located.value);
  if (problem !== undefined) throw damaged(file, problem);
  if (manifest.step !== step) throw damaged(file, `expected step ${step}; got ${manifest.step}`);
  const weights = verified(join(folder, weightsName), manifest.files[weightsName]);
  const state = verified(join(folder, stateName), manifest.files[stateName]);
  const { tensors } = parseSafetensors(join(folder, weightsName), weights);
  return { step, tensors, state: parsedJson(join(folder, stateName), utf8(state)) };
}

function verified(file: string, expected: FileEntry): Uint8Array {
  const bytes = readBytes(file);
  if (bytes.length !== expected.bytes) throw damaged(file, `expected ${expected.bytes} bytes; got ${bytes.length}`);
  const found = sha256(bytes);
  if (found !== expected.sha256) throw damaged(file, `expected SHA-256 ${expected.sha256}; got ${found}`);
  return bytes;
}

function damaged(file: string, message: string): Failure {
  return new Failure('data', { file, message });
}

/** Throws on another version, which is no damage: those before it would have that version too. */
function refuseOtherVersion(folder: string): void {
  const { version: found } = glimpsedManifest(folder);
  if (typeof found !== 'number' || found === version) return;
  const file = join(folder, manifestName);
  const message = `expected version ${version}; got ${found}`;
  throw new Failure('data', { file, path: 'version', message }, 'resume the run with the program that began it');
}
