/** The facts that an export records about its network. */
import { packageCommit, packageVersion } from '#core/files/package-folder';
import { fitOf } from '#data/images/open-source';
import { sourceOfKind } from '#data/images/source-schema';
import { networkDescription } from '#networks/cost/description';
import type { GivenWeights } from '#networks/weights/network-weights';
import type { Exported } from '#tasks/export/exporter';
import type { FinishedRun } from '#tasks/training/finished-run';
import type { TrainingRecipe } from '#tasks/training/recipe';
import { dataOfKind } from '#tasks/training/recipe-data';

/** A network with its weights. */
export interface GivenNetwork extends GivenWeights {
  /** The training run that the weights come from, if any. */
  readonly run?: FinishedRun;
}

/**
 * Returns the network with its weights, parameters, MACs, evaluation and provenance.
 *
 * @param classNames  names of the classes in the images of the check; used if the run has none
 */
export function exportedOf({ network, weights, origin, run }: GivenNetwork, classNames?: readonly string[]): Exported {
  const { params, macs } = networkDescription(network, []);
  return {
    network,
    weights,
    classNames: run?.classNames ?? classNames,
    centralCrop: run && centralCropOf(run.recipe),
    params,
    macs,
    evaluation: run?.test,
    origin,
    provenance: known({ program: packageVersion(), commit: packageCommit(), ...(run && training(run)) }),
  };
}

function training({ id, recipe, images, environment }: FinishedRun) {
  const { program: trainedBy, commit: trainedAt } = environment;
  return { run: id, recipe: recipe.name, data: dataText(recipe), images, trainedBy, trainedAt };
}

/** The crop of a recipe's images in evaluation; undefined if they are not resized, or in a distillation set. */
function centralCropOf(recipe: TrainingRecipe): number | undefined {
  const data = dataOfKind(recipe);
  return data.kind === 'source' ? fitOf(sourceOfKind(data.source)).fit?.centralCrop : undefined;
}

function dataText(recipe: TrainingRecipe): string {
  const data = dataOfKind(recipe);
  if (data.kind === 'mix')
    return `a mix of ${data.mix.map((part) => ('recipe' in part ? part.recipe : part.folder)).join(', ')}`;
  if (data.kind !== 'source') return data.kind === 'recipe' ? `the set of ${data.file}` : `the set in ${data.file}`;
  const source = sourceOfKind(data.source);
  if (source.kind === 'known') return source.dataset;
  return source.format === undefined ? 'a folder of images' : `a folder of ${source.format}`;
}

function known(facts: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  const entries = Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
