/** `mnv4-nas eval`: evaluates one network on a split. */
import { defineCommand } from '#cli/arguments/command-spec';
import { givenNetwork, weightsOptions } from '#cli/arguments/given-network';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { backendOptions } from '#cli/arguments/worker-options';
import { openReadyBackend } from '#cli/process/set-up';
import { evaluationText } from '#cli/terminal/evaluation-text';
import { int8Lines } from '#cli/terminal/int8-text';
import { Failure } from '#core/failure';
import { modelRuntimes } from '#data/runtimes/model-runtimes';
import { openSet } from '#data/sets/built-set';
import type { Batch } from '#data/sets/loader';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { findRecipe } from '#networks/zoo/shipped';
import { topClasses } from '#tasks/export/int8/check-int8';
import { requireInt8Runtime } from '#tasks/export/int8/int8-session';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { calibrationImages } from '#tasks/project/calibration-images';
import { exportedOf } from '#tasks/project/exported';
import { int8Evaluation } from '#tasks/project/int8-evaluation';
import { byClass } from '#tasks/training/class-counts';
import { evaluateByClass, splitImages } from '#tasks/training/evaluate';
import { requireFit } from '#tasks/training/requirements';

export const evalNetwork = defineCommand({
  arguments: [{ name: '<network>', description: 'a training run, by id or folder; or a network, with --weights' }],
  options: [
    ...backendOptions,
    ...weightsOptions,
    { flag: '--dataset <recipe>', description: 'the dataset recipe whose set to use', parse: findRecipe },
    { flag: '--folder <dir>', description: 'the folder of a set, instead of --dataset' },
    { flag: '--split <name>', description: 'the split to use', choices: ['train', 'held', 'test'], default: 'test' },
    { flag: '--int8', description: 'also quantize it with training images of the set, and evaluate it in a runtime' },
    { flag: '--runtime <name>', description: 'the runtime of --int8 (default: litert)', choices: modelRuntimes },
    rootOption,
    jsonOption,
  ],
  examples: [
    'mnv4-nas eval quickstart-train --dataset configs/recipes/quickstart.dataset.yaml',
    'mnv4-nas eval mnv4-conv-s --weights conv-s.safetensors --folder sets/birds',
    'mnv4-nas eval digits --dataset configs/recipes/mnist.dataset.yaml --int8',
  ],
  async run([what], options) {
    const { dataset, folder, split, backend, threads, runtime = 'litert' } = options;
    if ((dataset === undefined) === (folder === undefined)) {
      const got = dataset === undefined ? 'neither' : 'both';
      throw new Failure('usage', `eval: expected either --dataset RECIPE or --folder DIR; got ${got}`);
    }
    if (options.runtime !== undefined && !options.int8)
      throw new Failure('usage', '--runtime: expected --int8 too; got none');
    const set = openSet(dataset === undefined ? { folder: folder as string } : { recipe: dataset });
    if (options.int8) requireInt8Runtime(runtime);
    await openReadyBackend({ backend, threads });
    const given = givenNetwork(what, options);
    const { network, weights, origin } = given;
    requireFit(network, set.manifest.shape, set.manifest.classes);
    const { model, forward, statistics } = frozenNetwork(network, weights);
    const tops: number[] = [];
    const logits = (batch: Batch) => {
      const found = model.logits(forward, batch, statistics);
      tops.push(...topClasses(found, network.classes));
      return found;
    };
    const { evaluation, counts } = await evaluateByClass(splitImages(set.split(split)), logits);
    const details = { weights: origin, byClass: byClass(counts, set.manifest.classNames) };
    const inInt8 = async () => {
      const images = await calibrationImages(network, undefined, options);
      const exported = exportedOf(given);
      const int8 = quantizedNetwork(exported, images);
      return int8Evaluation(runtime, exported, int8, images, splitImages(set.split(split)), tops);
    };
    const int8 = options.int8 ? await inInt8() : undefined;
    return {
      json: { network: network.name, ...evaluation, ...details, ...(int8 && { int8 }) },
      text: () => {
        const lines = [evaluationText(network.name, { evaluation, ...details })];
        return [...lines, ...(int8 === undefined ? [] : int8Lines(int8, evaluation))].join('\n');
      },
    };
  },
});
