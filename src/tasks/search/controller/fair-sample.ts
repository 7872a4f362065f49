/**
 * Samples that train all options of a choice alike: strict fairness, Chu et al. 2021, FairNAS (arXiv:1907.01845). A
 * policy's samples do so only in the mean, and ever less while it learns.
 */
import { permutation, randomStream } from '#core/random';
import type { ControllerChoice } from './policy.js';
import { type Sample, unwarmed } from './sample.js';

/**
 * Returns the sample number `index` of a fair sequence: among the samples m k to m k + m - 1, each of a choice's m
 * options occurs once, in random order.
 *
 * @param stream  name of the random stream
 */
export function fairSample(choices: readonly ControllerChoice[], index: number, stream: string): Sample {
  return unwarmed(
    choices,
    choices.map(({ options }, i) => {
      const round = Math.floor(index / options);
      return permutation(options, randomStream(`${stream}/fair/${i}/${round}`))[index % options] as number;
    }),
  );
}
