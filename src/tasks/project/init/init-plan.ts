/** Plans a project for images, a device and a target: a pure function of these and of measured speeds. */
import { Failure } from '#core/failure';
import type { InspectedImages } from '#data/images/inspect/inspected-images';
import { costName } from '#networks/cost/cost';
import type { Device } from '#networks/cost/device';
import { close } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { stageDefaults } from '#tasks/search/config/stage-settings';
import { scaledIfOnTarget } from '#tasks/search/scaled-network';
import {
  chooseSpace,
  chooseTeacher,
  latenciesOf,
  likelyDecisionsAt,
  reaches,
  type SpaceChoice,
  spaceAt,
} from './choose-space.js';
import { type Template, templateSpace } from './space-template.js';
import { planTime, type Speeds, type TimePlan } from './time-plan.js';

export interface InitRequest {
  readonly targetMs: number;
  readonly hours: number;
  /** The resolution that the user asks for, if any. */
  readonly resolution?: number | undefined;
}

/** A project, as planned. */
export interface InitPlan {
  readonly space: SpaceChoice;
  readonly teacher: Template;
  /** False if all images have the resolution already. */
  readonly isResized: boolean;
  /** True if the images are encoded, so that their size is known only once they are read. */
  readonly isEncoded: boolean;
  /** Train images of the source. */
  readonly images: number;
  /** Those that become the validation split. */
  readonly validation: number;
  readonly batch: number;
  readonly validationBatch: number;
  /** Published networks that can be scaled by width to the target. */
  readonly known: readonly string[];
  readonly time: TimePlan;
}

/** The parts of a plan that do not depend on measured speeds. */
export type InitDesign = Omit<InitPlan, 'time'>;

const largestInput = 256; // pixels
const validationShare = 0.15; // of the train images
const mostValidation = 5000;

/** Chooses space, teacher and batches; a target that no space reaches is a usage failure that says which are. */
export function designInit(images: InspectedImages, device: Device, request: InitRequest): InitDesign {
  const { train, classNames, channels } = images;
  if (classNames.length < 2) {
    throw new Failure('data', `${images.folder}: expected images of two classes or more; got ${classNames.length}`);
  }
  const facts = { channels, classes: classNames.length, largest: Math.min(largestInput, images.shorterSide.median) };
  const { targetMs, resolution } = request;
  const space =
    resolution === undefined ? chooseSpace(facts, device, targetMs) : spaceAt(resolution, facts, device, targetMs);
  if (!reaches(space, targetMs)) throw outOfReach(space, device, targetMs, facts.largest, resolution);
  const side = space.template.resolution;
  const likely = close(
    templateSpace(space.template),
    likelyDecisionsAt(templateSpace(space.template), device, targetMs),
  );
  const validation = Math.min(mostValidation, Math.max(classNames.length, Math.round(validationShare * train.n)));
  const batch = batchFor(train.n - validation);
  return {
    space,
    teacher: chooseTeacher(space.template, likely),
    isResized: !(images.oneSize && images.height.median === side && images.width.median === side),
    isEncoded: Object.keys(images.encodings).some((encoding) => encoding !== 'raw'),
    images: train.n,
    validation,
    batch,
    validationBatch: Math.min(2 * batch, validation),
    known: knownOnTarget(space, device, targetMs),
  };
}

const compared = ['mobilenet-v2', 'mobilenet-v3-large', 'mnv4-conv-s'];

function knownOnTarget({ template }: SpaceChoice, device: Device, targetMs: number): string[] {
  const spec = { cost: 'latency', device } as const;
  const targets = [{ name: costName(spec), spec, target: targetMs }];
  const search = { space: templateSpace(template), targets, tolerance: stageDefaults.tolerance };
  return compared.filter((name) => scaledIfOnTarget(namedNetwork(name), search) !== undefined);
}

/** Adds the times of the phases. */
export function planInit(images: InspectedImages, design: InitDesign, hours: number, speeds: Speeds): InitPlan {
  const { validation, batch, validationBatch, space } = design;
  const { resolution, channels } = space.template;
  const request = {
    images: images.train.n,
    test: images.test.n,
    validation,
    batch,
    validationBatch,
    imageBytes: resolution ** 2 * channels,
    hours,
  };
  return { ...design, time: planTime(request, speeds) };
}

/** The images of a step and architecture: 16 or more steps in an epoch, so that small sets are shuffled often. */
function batchFor(images: number): number {
  const most = images / 16;
  return [128, 64, 32, 16].find((batch) => batch <= most) ?? 8;
}

function outOfReach(
  { least, most, template }: SpaceChoice,
  device: Device,
  targetMs: number,
  largest: number,
  asked: number | undefined,
): Failure {
  const ms = (value: number) => `${Number(value.toPrecision(2))} ms`;
  const edges = asked === undefined ? [16, largest] : [asked, asked];
  const { channels, classes } = template;
  const at = (resolution: number, width: number) => latenciesOf({ resolution, channels, classes, width }, device);
  const range = `${ms(at(Math.min(...edges), 0.25).least)} to ${ms(at(Math.max(...edges), 8).most)}`;
  const where = asked === undefined ? `images of up to ${largest} pixels` : `${asked}x${asked} pixels`;
  return new Failure(
    'usage',
    `--target-ms: expected a latency from ${range}, which networks for ${where} have on ${device.name}; got ${targetMs}: the space closest to it has ${ms(least)} to ${ms(most)}`,
    'name another target, or another --resolution',
  );
}
