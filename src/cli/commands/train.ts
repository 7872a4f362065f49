/** `mnv4-nas train` and `eval`: one network, stand-alone. */
import { join } from 'node:path';
import { Command } from 'commander';
import { givenNetwork, networkOf, type WeightOptions, withWeightsOptions } from '#cli/arguments/given-network';
import {
  defaultRunId,
  overridesOf,
  profiledSteps,
  type RunOptions,
  withBackendOptions,
  withRunOptions,
  workersOf,
  working,
} from '#cli/arguments/shared-options';
import { Failure } from '#core/failure';
import { openSet } from '#data/sets/built-set';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { type BackendOptions, openBackend } from '#networks/tensor/backend';
import { type Evaluation, evaluate, splitImages } from '#tasks/training/evaluate';
import { readEvaluation } from '#tasks/training/finished-run';
import { microBatchesOf, readTrainingRecipe } from '#tasks/training/recipe';
import { requireFit, train } from '#tasks/training/start-training';

export function trainCommand(): Command {
  return withRunOptions(new Command('train'))
    .description('train one network from scratch and evaluate it')
    .argument('<network>', 'a network, or a run whose result to train')
    .requiredOption('--recipe <file>', 'a *.train.yaml')
    .action(async (what: string, options: RunOptions & { recipe: string }) => {
      const network = networkOf(what, options.root);
      const recipe = readTrainingRecipe(options.recipe, overridesOf(options));
      const id = options.runId ?? defaultRunId(network.name, 'train', new Date());
      const { root, resume, extend } = options;
      const profile = profiledSteps(options);
      const workers = workersOf(options, microBatchesOf(recipe), 'the micro-batches of the recipe');
      await working(workers, (tools) => train(network, recipe, { ...tools, root, resume, extend, id, profile }));
      print(network.name, readEvaluation(join(root, id)), options);
    });
}

export function evalCommand(): Command {
  return withWeightsOptions(withBackendOptions(new Command('eval')))
    .description('accuracy of a trained network on a split of a distillation set')
    .argument('<network>', 'a training run, by id or folder; or a network, with --weights')
    .option('--dataset <recipe>', 'the recipe whose set to use')
    .option('--folder <dir>', 'the folder of a set, instead')
    .option('--split <name>', 'train, held or test', 'test')
    .option('--root <folder>', 'the folder of the runs', 'runs')
    .option('--json', 'print one JSON document')
    .action(evalAction);
}

interface EvalOptions extends BackendOptions, WeightOptions {
  readonly dataset?: string;
  readonly folder?: string;
  readonly split: string;
  readonly json?: true;
}

const splits = ['train', 'held', 'test'] as const;

function evalAction(what: string, options: EvalOptions): void {
  const split = splits.find((name) => name === options.split);
  if (split === undefined)
    throw new Failure('usage', `--split: expected one of ${splits.join(', ')}; got ${options.split}`);
  const { dataset, folder, backend, threads } = options;
  if ((dataset === undefined) === (folder === undefined)) {
    throw new Failure(
      'usage',
      `eval: expected either --dataset RECIPE or --folder DIR; got ${dataset === undefined ? 'neither' : 'both'}`,
    );
  }
  const set = openSet(dataset === undefined ? { folder: folder as string } : { recipe: dataset });
  openBackend({ backend, threads });
  const { network, weights } = givenNetwork(what, options);
  requireFit(network, set.manifest.shape, set.manifest.classes);
  const { model, forward, statistics } = frozenNetwork(network, weights);
  const images = splitImages(set.split(split));
  print(
    network.name,
    evaluate(images, (batch) => model.logits(forward, batch, statistics)),
    options,
  );
}

function print(network: string, evaluation: Evaluation, { json }: { json?: true }): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ network, ...evaluation })}\n`);
    return;
  }
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const { split, n, top1, top1Interval, top5, loss } = evaluation;
  const interval = `95 % interval ${top1Interval.map(percent).join(' to ')}`;
  const lines = [`top-1 ${percent(top1)} (${interval})`, `top-5 ${percent(top5)}`, `loss ${loss.toFixed(4)}`];
  process.stdout.write(`${network} on ${n} images of ${split}: ${lines.join(', ')}\n`);
}
