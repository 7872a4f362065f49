/** Qualities of a space's architectures as they might be, made up from a seed: to try a search's settings on, no images. */
import { randomStream } from '#core/random';
import { costTable } from '#networks/cost/cost-table';
import { type Decisions, isActive, type Space } from '#networks/space/space';

const atReference = 0.7;
const roomAbove = 0.05; // what a reference of unlimited size would gain
const spread = 0.03; // of the options' effects in a random architecture, a standard deviation

/**
 * The top-1 accuracy of each architecture: it rises with MACs and saturates, .7 + .05 (1 - (MACs of the reference /
 * MACs)^.5), which is how the published accuracies of MobileNetV4-Conv-S, -M and -L rise (arXiv:2404.10518); to that each
 * option of a choice that matters adds an effect of its own, normal with standard deviation .03 / sqrt(choices). So random
 * architectures spread by 3 % beside what their sizes do, in spaces of any size; those of the quickstart were measured to
 * spread by 2.2 %.
 *
 * @param reference  decisions of a size that the search is to end with
 */
export function madeUpQuality(space: Space, reference: Decisions, seed: string): (decisions: Decisions) => number {
  const random = randomStream(`${seed}/effects`);
  const { choices } = space;
  const effects = choices.map(({ options }) =>
    options.map(() => (spread / Math.sqrt(choices.length)) * random.normal()),
  );
  const table = costTable(space, [{ cost: 'macs' }]);
  const macs = (decisions: Decisions) => table.evaluate(decisions)[0] as number;
  const referenceMacs = macs(reference);
  return (decisions) => {
    let quality = atReference + roomAbove * (1 - Math.sqrt(referenceMacs / macs(decisions)));
    for (const [i, choice] of choices.entries()) {
      if (isActive(choice, decisions)) quality += effects[i]?.[decisions[i] as number] as number;
    }
    return quality;
  };
}
