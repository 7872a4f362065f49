/** The networks of a sweep as a user names them, with their accuracies where known. */
import { InvalidArgumentError } from 'commander';
import { Failure } from '#core/failure';
import { statsOf } from '#core/files/files';
import { suggestion } from '#core/nearest';
import { readRunSummary } from '#jobs/runs/run-summary';
import { type BytesPerValue, layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import type { Resolution } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { namedAccuracy, type PublishedAccuracy } from '#networks/zoo/published';
import type { Contender } from '#tasks/devices/ridge-sweep';

export interface SweptContender extends Contender {
  readonly resolution: Resolution;
  readonly macs: number;
  /** The origin of the accuracy; null if it is unknown. */
  readonly source: string | null;
}

/** Top-1 accuracy from 0 to 1, by the name that the user gave the network. */
export type StatedAccuracies = ReadonlyMap<string, number>;

/** Adds the accuracy of `--accuracy NAME=0.74` to those of the earlier flags. */
export function statedAccuracy(value: string, before: StatedAccuracies = new Map()): StatedAccuracies {
  const [, name, share] = /^(.+)=(\d*\.?\d+)$/.exec(value) ?? [];
  if (name === undefined || !(Number(share) <= 1))
    throw new InvalidArgumentError('expected NAME=SHARE, a share from 0 to 1.');
  if (before.has(name)) throw new InvalidArgumentError(`expected each network once; got ${name} again.`);
  return new Map([...before, [name, Number(share)]]);
}

/** Returns the networks that the references name, each with its stated, published or measured accuracy, if any. */
export function sweptContenders(
  references: readonly string[],
  accuracies: StatedAccuracies,
  bytes: BytesPerValue,
): SweptContender[] {
  requireNamed([...accuracies.keys()], references);
  return [...new Set(references)].map((reference) => {
    const { network, accuracy } = resolved(reference);
    const stated = accuracies.get(reference);
    const known = stated === undefined ? accuracy : { top1: stated, source: '--accuracy' };
    const layers = layersOf(network);
    return {
      name: reference,
      resolution: network.input.resolution,
      macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
      loads: layers.map((layer) => layerLoad(layer, bytes)),
      top1: known?.top1 ?? null,
      source: known?.source ?? null,
    };
  });
}

function requireNamed(names: readonly string[], references: readonly string[]): void {
  const stray = names.find((name) => !references.includes(name));
  if (stray === undefined) return;
  const problem = `expected one of the networks ${references.join(', ')}; got ${stray}`;
  throw new Failure('usage', `--accuracy: ${problem}${suggestion(stray, references)}`);
}

function resolved(reference: string): { network: Architecture; accuracy: PublishedAccuracy | undefined } {
  if (statsOf(reference)?.isDirectory()) return ofRun(reference);
  return { network: namedNetwork(reference), accuracy: namedAccuracy(reference) };
}

/** Returns the result of a finished run; only trainings have an accuracy, since a search measures a SuperNet. */
function ofRun(folder: string): { network: Architecture; accuracy: PublishedAccuracy | undefined } {
  const { id, stage, architecture, quality } = readRunSummary(folder);
  if (architecture === null) {
    throw new Failure('config', `${folder}: expected a finished run, with architecture.yaml; got one without`);
  }
  const measured = stage === 'train' && quality !== null;
  return {
    network: architecture,
    accuracy: measured ? { top1: quality, source: `test images of run ${id}` } : undefined,
  };
}
