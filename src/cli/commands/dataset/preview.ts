import { dirname } from 'node:path';
import { defineCommand, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { backendOptions } from '#cli/arguments/worker-options';
import { withJobContext } from '#cli/process/job-context';
import { standardReporter } from '#cli/terminal/log';
import { writeAtomically } from '#core/files/files';
import { usableCores } from '#core/machine/cores';
import type { Augmentation } from '#data/images/augment/augment';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { formOf } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { findRecipe } from '#networks/zoo/shipped';
import { type BuildRecipe, readBuildRecipe } from '#tasks/distill/build-recipe';
import type { LoadTeachers } from '#tasks/distill/build-teacher';
import { type PreviewRow, preview } from '#tasks/distill/preview';
import { teacherLoader, untrainedTeachers } from '#tasks/distill/teacher';
import { contactSheetPng } from '#tasks/report/contact-sheet';

const lineLength = 110; // characters, which fit into a sheet of six columns

/** Loads teachers that compute with the threads and the backend of the options. */
type LoadTeachersAsAsked = (
  ...given: [...Parameters<LoadTeachers>, OptionsOf<typeof backendOptions>]
) => ReturnType<LoadTeachers>;

export const datasetPreview = datasetPreviewWith((references, context, options) =>
  withJobContext({ count: 1, backend: options.backend, threads: options.threads ?? usableCores() }, (job) =>
    teacherLoader(job)(references, context),
  ),
);

export function datasetPreviewWith(loadTeachers: LoadTeachersAsAsked) {
  return defineCommand({
    description:
      'draw some train images next to the copies that a build would make of them, with the classes that the teacher ' +
      'finds most probable; nothing is trained',
    arguments: [{ name: '<recipe>', description: 'a dataset recipe (*.dataset.yaml)', parse: findRecipe }],
    options: [
      { flag: '--out <file>', description: 'the PNG file to write', required: true },
      { flag: '--images <n>', description: 'number of images', parse: wholeNumber(1, 100), default: 6 },
      { flag: '--copies <n>', description: 'augmented copies of each', parse: wholeNumber(0, 20), default: 5 },
      { flag: '--no-teacher', description: 'leave out what the teacher says' },
      ...backendOptions,
      jsonOption,
    ],
    examples: [
      'mnv4-nas dataset preview configs/recipes/cifar10.dataset.yaml --out sheet.png',
      'mnv4-nas dataset preview photos.dataset.yaml --out sheet.png --no-teacher',
    ],
    async run([recipeFile], options) {
      const { out, images, copies } = options;
      const recipe = readBuildRecipe(recipeFile);
      const source = await openSource(recipe.source, dirname(recipeFile));
      const form = formOf(source);
      requireAugmentation(recipe.augment, form.shape);
      for (const note of source.notes ?? []) standardReporter().warn(note);
      const isAsked = options.teacher !== false && areTrained(recipe, recipeFile);
      const teacher = isAsked ? await loadTeachers(recipe.teacher, { recipeFile, form }, options) : undefined;
      const rows = await preview({ source, recipe, teacher, images, copies });
      const about = [...augmentationLines(recipe.augment), ...(teacher ? [`teacher: ${teacher.name}`] : [])];
      const columns = ['original', ...Array.from({ length: copies }, (_, i) => `copy ${i + 1}`)];
      const sheet = { title: recipe.name, about, columns, rows: rows.map(({ cells }) => cells) };
      writeAtomically(out, await contactSheetPng(sheet));
      return { json: { file: out, teacher: teacher?.name ?? null, rows: rows.map(withoutPixels) }, text: () => out };
    },
  });
}

/** True if no teacher needs training first; otherwise a warning says so. */
function areTrained({ teacher }: BuildRecipe, recipeFile: string): boolean {
  const missing = untrainedTeachers(teacher, recipeFile).map(({ network }) => network);
  if (missing.length > 0) {
    standardReporter().warn(
      `the sheet leaves out the teacher: ${missing.join(', ')} is not trained yet; mnv4-nas dataset build trains it`,
    );
  }
  return missing.length === 0;
}

/** The parts of an augmentation, some in a line. */
function augmentationLines(augment: Augmentation): string[] {
  const parts = Object.entries(augment).filter(([, value]) => value !== undefined && value !== false && value !== 0);
  const texts = parts.map(([name, value]) => (value === true ? name : `${name} ${valueText(value)}`));
  if (texts.length === 0) return ['no augmentation'];
  const lines: string[] = [];
  for (const text of texts) {
    const longer = [...lines.slice(-1), text].join(', ');
    if (lines.length > 0 && longer.length <= lineLength) lines[lines.length - 1] = longer;
    else lines.push(text);
  }
  return lines;
}

function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map((one: number) => Number(one.toFixed(2))).join(' to ');
  const texts = Object.entries(value).map(([name, part]) => `${name} ${valueText(part)}`);
  return `(${texts.join(', ')})`;
}

function withoutPixels({ source, cells }: PreviewRow) {
  return { source, cells: cells.map(({ classes, probable, notes }) => ({ classes, probable, notes })) };
}
