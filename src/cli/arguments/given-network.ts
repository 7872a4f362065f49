/** Networks with weights as arguments of a command: a finished training run, or a network with --weights or --seed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { isRun } from '#jobs/runs/run-state';
import { findRun } from '#jobs/runs/run-summary';
import type { Architecture } from '#networks/space/space';
import { freshWeights, readGivenWeights } from '#networks/weights/network-weights';
import { pixelNormNames } from '#networks/weights/pixel-norms';
import { weightConventionNames } from '#networks/weights/weight-conventions';
import { isNetworkReference, namedNetwork } from '#networks/zoo/named-network';
import type { GivenNetwork } from '#tasks/project/exported';
import { foundArchitecture } from '#tasks/search/finished-stage';
import { type FinishedRun, hasWeights, readFinishedRun } from '#tasks/training/finished-run';
import type { OptionSpec, OptionsOf } from './command-spec.js';

/** Options for the file of a network's weights and the conventions that they were trained with. */
export const weightsOptions = [
  {
    flag: '--weights <file>',
    description: "safetensors with our names or timm's, or an ONNX model written by export",
  },
  {
    flag: '--convention <name>',
    description:
      "padding and epsilon that the weights were trained with (default: timm for timm's names, else the network's)",
    choices: weightConventionNames,
  },
  {
    flag: '--pixels <how>',
    description:
      "pixel normalisation that the weights were trained with: -1 to 1 (inception), ImageNet's mean and deviation (imagenet), 0 to 1 (unit)",
    choices: pixelNormNames,
  },
] as const satisfies readonly OptionSpec[];

interface WeightOptions extends OptionsOf<typeof weightsOptions> {
  readonly root: string;
  readonly seed?: number | undefined;
}

/** Returns the network of a run, given by id or folder, or a network given by name or file. */
export function networkOf(what: string, root: string): Architecture {
  const folder = runFolderOf(what, root);
  return folder === undefined ? namedNetwork(what) : foundArchitecture(folder);
}

/** Returns the network and its weights; a network without weights is a usage failure. */
export function givenNetwork(
  what: string,
  { root, weights: file, convention, pixels, seed }: WeightOptions,
): GivenNetwork {
  if (file !== undefined && seed !== undefined) {
    throw new Failure('usage', 'expected --weights or --seed; got both');
  }
  const how = convention !== undefined ? '--convention' : pixels !== undefined ? '--pixels' : undefined;
  if (file === undefined && how !== undefined) throw new Failure('usage', `${how}: expected --weights too; got none`);
  if (file === undefined && seed === undefined) return trained(what, root);
  const network = networkOf(what, root);
  if (file !== undefined) {
    const given = readGivenWeights(network, file, { convention, pixels });
    standardReporter().note(given.origin);
    return given;
  }
  const origin = `fresh weights of seed ${seed}, not trained: use them to measure time, not to predict`;
  return { network, weights: freshWeights(network, seed as number), origin };
}

function trained(what: string, root: string): GivenNetwork {
  const run = trainedRun(what, root, 'give it weights with --weights FILE, or name a finished training run');
  const average = run.recipe.ema === undefined ? '' : ', moving average';
  return { network: run.network, weights: run.weights, origin: `trained by the run ${run.id}${average}`, run };
}

/** Returns a finished training run, given by id or folder; anything else is a usage failure with that remedy. */
export function trainedRun(what: string, root: string, remedy: string): FinishedRun {
  const refuse = (name: string, got: string) =>
    new Failure('usage', `${name}: expected a network with weights; got ${got}`, remedy);
  if (runFolderOf(what, root) === undefined && isNetworkReference(what)) throw refuse(what, 'a network without');
  const folder = findRun(root, what);
  if (!hasWeights(folder)) throw refuse(folder, 'a run without');
  return readFinishedRun(folder);
}

function runFolderOf(what: string, root: string): string | undefined {
  return [join(root, what), what].find((path) => existsSync(path) && isRun(path));
}
