/** `mnv4-nas train`: trains one stand-alone network. */
import { join } from 'node:path';
import { defineCommand } from '#cli/arguments/command-spec';
import { networkOf, trainedRun } from '#cli/arguments/given-network';
import { defaultRunId, overridesOf, resumption, runOptions } from '#cli/arguments/run-options';
import { requireGpuOption } from '#cli/arguments/worker-options';
import { requireGpu } from '#cli/process/gpu';
import { withJobContext } from '#cli/process/job-context';
import { evaluationText, weightsText } from '#cli/terminal/evaluation-text';
import { readTrainingResult } from '#jobs/runs/run-result';
import { workersOf } from '#jobs/workers/workers-of';
import { findRecipe } from '#networks/zoo/shipped';
import { microBatchesOf, readTrainingRecipe } from '#tasks/training/recipe';
import { train as trainIn } from '#tasks/training/train';

export const train = defineCommand({
  arguments: [{ name: '<network>', description: 'a network, or a run whose result to train' }],
  options: [
    ...runOptions,
    requireGpuOption,
    {
      flag: '--recipe <file>',
      description: 'a training recipe (*.train.yaml)',
      parse: findRecipe,
      required: true,
    },
  ],
  examples: [
    'mnv4-nas train quickstart-fine --recipe configs/recipes/fashion-mnist-alone.train.yaml',
    'mnv4-nas train teacher-28 --recipe configs/recipes/mnist.train.yaml --run-id digits',
  ],
  async run([what], options) {
    const recipe = readTrainingRecipe(options.recipe, overridesOf(options));
    const start =
      recipe.quantize && trainedRun(what, options.root, 'name a finished training run, whose weights it starts from');
    const network = start?.network ?? networkOf(what, options.root);
    const id = options.runId ?? defaultRunId(network.name, 'train', new Date());
    const workers = workersOf(options, microBatchesOf(recipe), 'the micro-batches of the recipe');
    requireGpu(options);
    await withJobContext(workers, (context) =>
      trainIn(network, recipe, { context, ...resumption(options), root: options.root, id }, start),
    );
    const { test: evaluation, int8, byClass, weights } = readTrainingResult(join(options.root, id));
    return {
      json: { network: network.name, ...evaluation, weights, byClass, ...(int8 && { int8 }) },
      text: () => {
        const text = evaluationText(network.name, { evaluation, byClass, weights: weights && weightsText(weights) });
        return [text, ...(int8 ? [evaluationText('as in int8', { evaluation: int8 })] : [])].join('\n');
      },
    };
  },
});
