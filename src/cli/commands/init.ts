/** `mnv4-nas init`: looks at a folder of images and writes a project for them. */
import { basename, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { workerOptions } from '#cli/arguments/worker-options';
import { withJobContext } from '#cli/process/job-context';
import { initText } from '#cli/terminal/init-text';
import { slug } from '#core/slug';
import { workersOf } from '#jobs/workers/workers-of';
import { readDevice } from '#networks/cost/device';
import { findDevice } from '#networks/zoo/shipped';
import { initProject } from '#tasks/project/init/init-project';
import { notesOn } from '#tasks/project/init/notes';
import { totalSeconds } from '#tasks/project/init/time-plan';
import { inspectWithProgress } from './inspect-with-progress.js';

export const init = defineCommand({
  description:
    'look at a folder of images and write a project for them: a config, a search space and recipes that suit the images, the device and your time',
  arguments: [{ name: '<folder>', description: 'the folder of the images, with a folder for each class' }],
  options: [
    {
      flag: '--device <device>',
      description: 'the device, by the name of a shipped profile or by file',
      required: true,
    },
    { flag: '--target-ms <ms>', description: 'the latency to reach on the device', parse: positive, required: true },
    {
      flag: '--hours <n>',
      description: 'the time that all of it may take on this machine',
      parse: positive,
      default: 1,
    },
    { flag: '--to <folder>', description: 'the new folder of the project (default: FOLDER-search, in this folder)' },
    {
      flag: '--resolution <pixels>',
      description: "height and width of the network's input (default: what suits images and target)",
      parse: wholeNumber(16, 512),
    },
    { flag: '--force', description: 'overwrite the files of an existing project' },
    ...workerOptions,
    jsonOption,
  ],
  examples: [
    'mnv4-nas init photos --device pixel-6-cpu --target-ms 2',
    'mnv4-nas init photos --device pixel-8-edgetpu --target-ms 0.5 --hours 8 --to birds',
  ],
  async run([folder], options) {
    const { device: deviceName, targetMs, hours, resolution, force = false } = options;
    const device = readDevice(findDevice(deviceName));
    const project = options.to ?? `${slug(basename(resolve(folder)))}-search`;
    const inspected = await inspectWithProgress({ folder }, 'inspect');
    const given = { images: folder, project, force, deviceName, device, targetMs, hours, resolution };
    const workersFor = (parts: number) =>
      workersOf(
        { ...options, workers: options.workers && Math.min(options.workers, parts) },
        parts,
        'the parts of a step',
      );
    const made = await withJobContext(workersFor(2), (context) =>
      initProject(inspected, given, { context, workersFor }),
    );
    const notes = notesOn(inspected);
    return {
      json: { project, ...made, images: inspected, notes, seconds: totalSeconds(made.plan.time) },
      text: () => initText(inspected, notes, made, { project, hours, device: device.name, targetMs }),
    };
  },
});

function positive(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number > 0 && number <= 1e6) return number;
  throw new InvalidArgumentError('expected a number above 0, at most 1e6.');
}
