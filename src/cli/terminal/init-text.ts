/** The summary that `init` prints: the images, what to know about them, the choices, and the planned time. */
import { grouped } from '#core/grouped';
import type { InspectedImages } from '#data/images/inspect/inspected-images';
import { epochsText } from '#tasks/project/epochs-text';
import type { Initialized } from '#tasks/project/init/init-project';
import { totalSeconds } from '#tasks/project/init/time-plan';
import { asTyped } from './as-typed.js';
import { duration } from './progress.js';
import { aligned } from './table.js';

interface Asked {
  readonly project: string;
  readonly hours: number;
  readonly device: string;
  readonly targetMs: number;
}

export function initText(
  images: InspectedImages,
  notes: readonly string[],
  { plan, files, command }: Initialized,
  { project, hours, device, targetMs }: Asked,
): string {
  const { space, time, batch } = plan;
  const { resolution } = space.template;
  const ms = (value: number) => value.toPrecision(3);
  const seconds = totalSeconds(time);
  const chosen = [
    ['input', `${resolution}x${resolution}${plan.isResized ? '' : ', the size of the images'}`],
    [
      'space',
      `${ms(space.least)} to ${ms(space.most)} ms on ${device}, half of it below ${ms(space.median)}; the target is ${targetMs}`,
    ],
    ['set', `${time.replicas} augmented copies of each train image; ${plan.validation} images compare architectures`],
    ['batch', `${batch} images`],
  ];
  const phases = [
    ['teacher', duration(time.seconds.teacher), epochsText(time.teacherEpochs, plan.images)],
    ['dataset', duration(time.seconds.dataset), `${time.replicas} copies`],
    ['coarse', duration(time.seconds.coarse), `${time.coarseSteps} steps`],
    ['fine', duration(time.seconds.fine), `${time.fineSteps} steps`],
    ['train', duration(time.seconds.train), epochsText(time.finalEpochs, plan.images)],
    ['in all', duration(seconds), `of ${duration(3600 * hours)}`],
  ];
  return [
    imagesText(images),
    ...notes.map((note) => `note: ${note}`),
    '',
    ...aligned(chosen, new Set()),
    '',
    'planned time, from a few steps measured on this machine:',
    ...aligned(phases, new Set([1])),
    ...timeNotes(seconds, hours),
    '',
    `${files.length} files in ${project}`,
    `next: ${asTyped(command)}`,
  ].join('\n');
}

/** One line for each fact, and one for the classes. */
function imagesText({
  folder,
  format,
  classNames,
  train,
  test,
  width,
  height,
  oneSize,
  kinds,
}: InspectedImages): string {
  const size = oneSize
    ? `all ${width.median} wide and ${height.median} high`
    : `${width.min} to ${width.max} wide (median ${width.median}), ${height.min} to ${height.max} high (median ${height.median})`;
  const counts = classNames.map((name, k) => `${name} ${(train.perClass[k] as number) + (test.perClass[k] as number)}`);
  const more = counts.length - mostClasses;
  const rows = [
    [
      'images',
      `${grouped(train.n + test.n)} (${format}), ${grouped(train.n)} to train with and ${grouped(test.n)} for the test`,
    ],
    [
      'classes',
      `${classNames.length}: ${counts.slice(0, mostClasses).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    ],
    ['sizes', size],
    ...(kinds.grey > 0 ? [['grey', `${grouped(kinds.grey)}`]] : []),
  ];
  return [folder, ...aligned(rows, new Set())].join('\n');
}

const mostClasses = 12; // in one line

function timeNotes(seconds: number, hours: number): string[] {
  const planned = 3600 * hours;
  if (seconds > 1.05 * planned) {
    return [
      `note: even the shortest sensible search takes ${duration(seconds)}; name a lower target, fewer pixels, or more --hours`,
    ];
  }
  return seconds < 0.5 * planned ? ['note: more steps would gain little, so not all of the time is used'] : [];
}
