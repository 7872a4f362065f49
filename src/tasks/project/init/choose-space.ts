/** Chooses resolution and widths, so that half of a space's architectures are faster than the target. */
import { randomStream } from '#core/random';
import { costTable } from '#networks/cost/cost-table';
import { networkDescription } from '#networks/cost/description';
import type { Device } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { randomDecisions } from '#networks/space/random-decisions';
import type { Architecture, Space } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { type Template, templateSpace, templateTeacher } from './space-template.js';

/** A space for the images, with the latencies of its architectures in ms. */
export interface SpaceChoice {
  readonly template: Template;
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export type ImageFacts = Pick<Template, 'channels' | 'classes'> & {
  /** Largest side of the input in pixels, since larger images hold nothing more. */
  readonly largest: number;
};

const resolutions = [16, 24, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256];
const [narrowest, widest] = [0.25, 8]; // factors of the template's widths
const halvings = 9; // of the range of widths: to 1 %
const drawn = 100; // architectures

/** The latencies of a space on a device, in ms. */
export function latenciesOf(template: Template, device: Device): SpaceChoice {
  const { table, msOf, median } = drawnLatencies(template, device);
  return { template, least: msOf(table.cheapest()), median, most: msOf(table.costliest()) };
}

/** The median latency of architectures drawn from a space, with the table that it is computed with. */
function drawnLatencies(template: Template, device: Device) {
  const space = templateSpace(template);
  const table = costTable(space, [{ cost: 'latency', device }]);
  const msOf = (decisions: readonly number[]) => table.evaluate(decisions)[0] as number;
  const random = randomStream('init/space');
  const sample = Array.from({ length: drawn }, () => msOf(randomDecisions(space, random))).sort((a, b) => a - b);
  return { table, msOf, median: sample[drawn / 2] as number };
}

/** The space at a resolution whose median latency is nearest to the target; it may miss the target. */
export function spaceAt(resolution: number, facts: ImageFacts, device: Device, targetMs: number): SpaceChoice {
  const { channels, classes } = facts;
  const at = (width: number) => ({ resolution, channels, classes, width: rounded(width) });
  let [low, high] = [narrowest, widest];
  for (let i = 0; i < halvings; i++) {
    const middle = Math.sqrt(low * high);
    if (drawnLatencies(at(middle), device).median < targetMs) low = middle;
    else high = middle;
  }
  return latenciesOf(at(low), device);
}

function rounded(width: number): number {
  return Number(width.toPrecision(3));
}

export function reaches({ least, most }: SpaceChoice, targetMs: number): boolean {
  return least <= targetMs && targetMs <= most;
}

/**
 * The space for a target: of the resolutions at which the target can be reached, the one that balances resolution
 * against width. If none reaches it, the one that comes closest.
 */
export function chooseSpace(facts: ImageFacts, device: Device, targetMs: number): SpaceChoice {
  const usual = resolutions.filter((resolution) => resolution <= facts.largest);
  const sizes = usual.length === 0 || facts.largest < 48 ? [facts.largest] : usual;
  const balanced = balancedResolution(device, targetMs);
  const choices = sizes.map((resolution) => spaceAt(resolution, facts, device, targetMs));
  const misfit = ({ template, least, most }: SpaceChoice) =>
    1000 * Math.max(0, Math.log(least / targetMs), Math.log(targetMs / most)) +
    Math.abs(Math.log(template.resolution / balanced)) +
    0.5 * Math.abs(Math.log(template.width));
  return choices.reduce((a, b) => (misfit(b) < misfit(a) ? b : a));
}

/**
 * The resolution that suits a latency: MobileNetV4-Conv-S's 224 at its own latency, then with the fourth root. Of four
 * times the work, EfficientNet (arXiv:1905.11946) gives resolution a factor of 1.3, depth and width the rest.
 */
function balancedResolution(device: Device, targetMs: number): number {
  const reference = namedNetwork('mnv4-conv-s');
  return 224 * (targetMs / latencyMs(reference, device)) ** 0.25;
}

const teacherFactor = 3; // MACs of the teacher over those of the target; within 2 to 4

/** The template of a teacher with about three times the MACs of a network. */
export function chooseTeacher(like: Template, network: Architecture): Template {
  const wanted = teacherFactor * macsOf(network);
  let [low, high] = [narrowest, 2 * widest];
  for (let i = 0; i < halvings; i++) {
    const middle = Math.sqrt(low * high);
    if (macsOf(templateTeacher({ ...like, width: middle })) < wanted) low = middle;
    else high = middle;
  }
  return { ...like, width: rounded(low) };
}

export function macsOf(network: Architecture): number {
  return networkDescription(network, []).macs;
}

/** An architecture of the space whose latency is close to the target. */
export function likelyDecisionsAt(space: Space, device: Device, targetMs: number): readonly number[] {
  const table = costTable(space, [{ cost: 'latency', device }]);
  const random = randomStream('init/likely');
  const sample = Array.from({ length: drawn }, () => randomDecisions(space, random));
  const distance = (decisions: readonly number[]) =>
    Math.abs(Math.log((table.evaluate(decisions)[0] as number) / targetMs));
  return sample.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}
