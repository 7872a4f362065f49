/** Made-up qualities of a space's architectures, drawn from a seed, on which a search's settings are tried without images. */
import { randomStream } from '#core/random';
import { costTable } from '#networks/cost/cost-table';
import { type Decisions, isActive, type Space } from '#networks/space/space';

const atReference = 0.7;
const roomAbove = 0.05; // what a reference of unlimited size would gain
const spread = 0.03; // of the options' effects in a random architecture, a standard deviation

/**
 * Returns a function that gives the top-1 accuracy of an architecture. It rises with MACs and saturates,
 * 0.7 + 0.05 (1 - (MACs of the reference / MACs)^0.5), as the published accuracies of MobileNetV4-Conv-S, -M and -L rise
 * (arXiv:2404.10518); each option of an active choice adds an effect, normal with standard deviation 0.03 / sqrt(choices).
 * So random architectures spread by 3 % in addition to the effect of their sizes, in spaces of any size; those of the
 * quickstart were measured to spread by 2.2 %.
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
