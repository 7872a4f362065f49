/** Makes a project: measures this machine on a first draft, plans the time, and writes the files. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { quantity, readChecked } from '#core/documents/conform';
import { Failure } from '#core/failure';
import { discard, makeFolders, namesIn, readUtf8, writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { slug } from '#core/slug';
import type { InspectedImages } from '#data/images/inspect/inspected-images';
import type { JobContext } from '#jobs/job-context';
import type { Workers } from '#jobs/workers/launcher';
import type { Device } from '#networks/cost/device';
import { runElsewhere } from '#tasks/project/phase-process';
import { plannedSet } from '#tasks/project/preparation';
import { planProject } from '#tasks/project/project';
import { readSearchConfig } from '#tasks/search/config/config';
import { designInit, type InitDesign, type InitPlan, type InitRequest, planInit } from './init-plan.js';
import { projectFiles } from './project-files.js';
import type { ProjectFile, ProjectNames } from './project-names.js';
import type { Speeds } from './time-plan.js';

export interface ProjectPlace {
  /** The images' folder and the project's. */
  readonly images: string;
  readonly project: string;
  /** True to overwrite the files of a project. */
  readonly force: boolean;
}

export interface InitArguments extends InitRequest, ProjectPlace {
  /** The device, by name or file. */
  readonly deviceName: string;
  readonly device: Device;
}

export interface InitPorts {
  readonly context: Pick<JobContext, 'observer' | 'shouldStop' | 'environment'>;
  readonly workersFor: (parts: number) => Workers;
}

export interface Initialized {
  readonly plan: InitPlan;
  readonly files: readonly string[];
  readonly command: string;
}

/** Plans and writes a project for inspected images; an existing one is kept unless `force` is set. */
export async function initProject(
  inspected: InspectedImages,
  given: InitArguments,
  ports: InitPorts,
): Promise<Initialized> {
  const { project, hours, device } = given;
  const design = designInit(inspected, device, given);
  requireFree(given);
  const names = namesOf(inspected, given, relative(join(project, 'recipes'), given.images));
  const asked = argumentsOf(given);
  const speeds = knownSpeeds(project, asked) ?? (await measuredSpeeds(inspected, design, given, ports));
  const plan = planInit(inspected, design, hours, speeds);
  const record = { name: recordName, content: jsonText({ arguments: asked, speeds }) };
  const files = [...projectFiles(plan, names), record];
  writeFiles(project, files);
  return { plan, files: files.map(({ name }) => join(project, name)), command: names.command };
}

function namesOf({ broken }: InspectedImages, given: InitArguments, images: string): ProjectNames {
  const { project, deviceName, targetMs } = given;
  const isFile = existsSync(deviceName);
  return {
    name: slug(basename(resolve(project))),
    images,
    device: isFile ? relative(project, deviceName) : deviceName,
    targetMs,
    broken: broken.count,
    command: `mnv4-nas search ${join(project, 'config.yaml')}`,
    studyCommand: `mnv4-nas study ${join(project, 'study.yaml')} --root ${join(project, 'runs')}`,
  };
}

const recordName = 'init.json';
const speed = quantity('a number of ms > 0', { above: 0 });
const recordSchema = z.object({
  arguments: z.record(z.string(), z.unknown()),
  speeds: z.object({ teacherMs: speed, networkMs: speed, loadMs: speed }),
});

function argumentsOf({ images, project, deviceName, targetMs, hours, resolution }: InitArguments) {
  return { images: relative(project, images), device: deviceName, targetMs, hours, resolution: resolution ?? null };
}

/** The speeds that an earlier call with the same arguments measured. */
function knownSpeeds(project: string, asked: ReturnType<typeof argumentsOf>): Speeds | undefined {
  const file = join(project, recordName);
  if (!existsSync(file)) return undefined;
  const record = readChecked(file, recordSchema, 'remove the file, then run init again with --force');
  return JSON.stringify(record.arguments) === JSON.stringify(asked) ? record.speeds : undefined;
}

/** Refuses to write into a folder that holds files. */
function requireFree({ project, force }: ProjectPlace): void {
  const found = namesIn(project);
  if (force || found.length === 0) return;
  const message = `expected a folder that is new or empty; got one with ${found.slice(0, 3).join(', ')}`;
  throw new Failure(
    'usage',
    { file: project, message },
    'name another with --to, or let init overwrite its files with --force',
  );
}

function writeFiles(folder: string, files: readonly ProjectFile[]): void {
  for (const { name, content } of files) {
    const file = join(folder, name);
    if (existsSync(file) && readUtf8(file) === content) continue;
    makeFolders(dirname(file));
    writeAtomically(file, content);
  }
}

const guess: Speeds = { teacherMs: 5, networkMs: 1, loadMs: 2 }; // only to write a draft

/** Writes a draft of the project to a temporary folder, and measures a few steps of its teacher and coarse stage. */
async function measuredSpeeds(
  inspected: InspectedImages,
  design: InitDesign,
  given: InitArguments,
  { context, workersFor }: InitPorts,
): Promise<Speeds> {
  const draft = mkdtempSync(join(tmpdir(), 'mnv4-nas-init-'));
  try {
    const plan = planInit(inspected, design, given.hours, guess);
    const names = namesOf(inspected, given, resolve(given.images));
    writeFiles(
      draft,
      projectFiles(plan, { ...names, device: existsSync(given.deviceName) ? resolve(given.deviceName) : names.device }),
    );
    const config = readSearchConfig(join(draft, 'config.yaml'));
    const { preparation, stages } = await planProject(config, {
      root: join(draft, 'runs'),
      id: 'draft',
      resume: 'allow',
    });
    const build = preparation?.build;
    const [teacher] = preparation?.teachers ?? [];
    if (build === undefined || teacher === undefined) throw new Error('a draft has a teacher and a set to build');
    context.observer.note('measuring a few steps on this machine');
    const { network, recipe } = teacher;
    const teacherStepMs = await runElsewhere({ kind: 'measureSteps', network, recipe }, workersFor(2), context);
    const { task } = stages[0];
    const stage = await runElsewhere({ kind: 'measureStage', task, set: plannedSet(build) }, workersFor(2), context);
    const { batch, validationBatch, samplesPerStep } = task.settings;
    return {
      teacherMs: tidied(teacherStepMs / recipe.batch),
      networkMs: tidied(stage.stepMs / (samplesPerStep * (3 * batch + validationBatch))),
      loadMs: tidied(preparation?.loadMs ?? 0),
    };
  } finally {
    discard(draft);
  }
}

/** A measured time with two digits. */
function tidied(ms: number): number {
  return Number(ms.toPrecision(2));
}
