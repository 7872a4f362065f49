/** The files of a project, each with comments that say what may be changed. */

import type { InitPlan } from './init-plan.js';
import type { ProjectFile, ProjectNames } from './project-names.js';
import { spaceText, teacherText } from './space-template.js';
import { studyFiles } from './study-files.js';
import { statisticsBatches } from './time-plan.js';

/** Returns the files by their names relative to the project's folder. */
export function projectFiles(plan: InitPlan, names: ProjectNames): ProjectFile[] {
  return [
    { name: 'config.yaml', content: config(plan, names) },
    { name: 'search-space.coarse.yaml', content: space(plan, names) },
    { name: 'recipes/teacher.network.yaml', content: teacher(plan, names) },
    { name: 'recipes/teacher.train.yaml', content: teacherRecipe(plan, names) },
    { name: 'recipes/set.dataset.yaml', content: setRecipe(plan, names) },
    { name: 'recipes/final.train.yaml', content: finalRecipe(plan, names) },
    ...studyFiles(plan, names),
    { name: 'README.md', content: readme(plan, names) },
  ];
}

/** Scales a rate for 128 images with the root of the images of a step. */
function rateFor(images: number, at128: number): number {
  return Number((at128 * Math.sqrt(images / 128)).toPrecision(2));
}

function every(steps: number, times: number): number {
  return Math.max(1, Math.round(steps / times));
}

function config({ batch, validationBatch, time, space: { least, most } }: InitPlan, names: ProjectNames): string {
  const { name, device, targetMs, command } = names;
  const { coarseSteps, fineSteps } = time;
  return `# Purpose: a network for the images of ${name} that takes ${targetMs} ms on ${device}.
# Command: ${command}
#          It makes everything that is missing, and run again it resumes. --dry-run shows what is missing.
name: ${name}
runs: runs # the runs lie next to this file, under this config's name
seed: 1
dataset: { recipe: recipes/set.dataset.yaml }
cost:
  # The space has ${least.toPrecision(3)} to ${most.toPrecision(3)} ms. A beta closer to 0 lets accuracy exceed the target.
  - { cost: latency, device: ${device}, targetMs: ${targetMs}, beta: -1 }
search:
  batch: ${batch} # images for each sampled architecture
  samplesPerStep: 2 # architectures in a step; two processes share them
  validationBatch: ${validationBatch}
  weights:
    optimizer: { kind: adamW, weightDecay: 0.02 }
    learningRate: ${rateFor(2 * batch, 0.004)}
    warmup: 0.05
    l2: 0
    precision: auto # feature maps as bfloat16 where the processor multiplies it
  controller: { logitTravel: 60 }
  quality: distillation # agreement with the teacher, in nats
  select: { bestOf: 16 } # the winner is the best of 16 architectures
  statisticsBatches: ${statisticsBatches}
  logEvery: ${every(coarseSteps, 40)}
  checkpointEvery: ${every(coarseSteps, 10)}
coarse: # widths and depth
  space: search-space.coarse.yaml
  steps: ${coarseSteps}
fine: # the depthwise layers of each block
  refine: uib.refine
  warmStart: true
  steps: ${fineSteps}
train: { recipe: recipes/final.train.yaml } # the result, from scratch
export: { to: [onnx] } # into exported/${name}; also: litert, web, tfjs, timm, safetensors; for phones: { to: [litert], int8: true }
`;
}

function space({ space: { template } }: InitPlan, { name }: ProjectNames): string {
  const { resolution, channels, classes } = template;
  return `# The architectures that the coarse stage chooses from: ${resolution}x${resolution} pixels, ${channels === 1 ? 'grey' : 'colour'}, ${classes} classes.
# A list is a choice; a stage has one width and one to three blocks. Show it: mnv4-nas describe search-space.coarse.yaml
${spaceText(`${name}.coarse`, template)}`;
}

function teacher({ teacher: template }: InitPlan, { name }: ProjectNames): string {
  return `# The teacher, with about three times the multiply-accumulates of the network that is searched for.
${teacherText(`${name}-teacher`, template)}`;
}

function source(
  { isResized, isEncoded, space: { template } }: InitPlan,
  { images, broken }: ProjectNames,
  indent: string,
): string {
  const lines = [`folder: ${JSON.stringify(images)}`];
  if (isResized) lines.push(`resolution: ${template.resolution} # of the network; the central part of each image`);
  else if (isEncoded) lines.push(`resolution: ${template.resolution} # the size of the images`, 'centralCrop: 1');
  if (broken > 0) lines.push(`skipBroken: ${broken} # images that cannot be decoded`);
  return lines.map((line) => `${indent}${line}`).join('\n');
}

/** Crops for photographs, shifts for small or grey images, which crops would destroy; only colour is mirrored. */
function augment({ space: { template } }: InitPlan, indent: string): string {
  const { resolution, channels } = template;
  const moves = resolution < 48 || channels === 1 ? [`shift: ${Math.max(1, Math.round(resolution / 12))}`] : [];
  const crops =
    moves.length === 0 ? ["inceptionCrop: { area: [0.35, 1] } # parts of the image; ImageNet's are 0.08"] : [];
  const flips = channels === 1 ? [] : ['flip: true # remove it if left and right differ, as in texts'];
  return [...crops, ...moves, ...flips].map((line) => `${indent}${line}`).join('\n');
}

function teacherRecipe(plan: InitPlan, names: ProjectNames): string {
  return `# The training of the teacher on labelled images, augmented again in every epoch.
name: ${names.name}-teacher
${labelledTraining(plan, names, plan.time.teacherEpochs)}`;
}

/** The part of a recipe below its name, for a training on labelled images. */
function labelledTraining(plan: InitPlan, names: ProjectNames, epochs: number): string {
  const { batch } = plan;
  return `data:
  source:
${source(plan, names, '    ')}
  augment:
${augment(plan, '    ')}
epochs: ${epochs}
batch: ${batch}
microBatches: 2 # two processes share a step
optimizer: { kind: adamW, weightDecay: 0.05 }
learningRate: ${rateFor(batch, 0.004)}
warmupEpochs: ${warmup(epochs)}
labelSmoothing: 0.1
dropout: 0.1
precision: auto
statisticsBatches: ${statisticsBatches}
seed: 1
${intervals((epochs * plan.images) / batch)}
`;
}

/** Lines with the steps between two events and between two checkpoints of a training. */
function intervals(steps: number): string {
  return `logEvery: ${every(steps, 40)}\ncheckpointEvery: ${every(steps, 10)}`;
}

function warmup(epochs: number): number {
  return Number((0.1 * epochs).toPrecision(2));
}

function setRecipe(plan: InitPlan, names: ProjectNames): string {
  return `# The distillation set: augmented copies of the images with the teacher's probabilities.
name: ${names.name}
source:
${source(plan, names, '  ')}
validation: ${plan.validation} # train images on which architectures are compared
augment:
${augment(plan, '  ')}
replicas: ${plan.time.replicas} # copies of each train image
seed: 1
teacher: # or an ONNX model: [{ onnx: model.onnx }]
  - network: teacher.network.yaml
    training: teacher.train.yaml
`;
}

function finalRecipe(plan: InitPlan, names: ProjectNames): string {
  return `# The training of the network that was found, on labelled images, augmented again in every epoch, and its test.
# A teacher of your own that is much better than this network may teach it: data: { recipe: set.dataset.yaml }
name: ${names.name}-final
${labelledTraining(plan, names, plan.time.finalEpochs)}`;
}

function readme(
  { space: { template }, time }: InitPlan,
  { name, device, targetMs, command, studyCommand, images }: ProjectNames,
): string {
  const { resolution } = template;
  return `# ${name}

Made by \`mnv4-nas init\` for the images in \`${images}\` (relative to \`recipes/\`): a network at ${resolution}x${resolution}
pixels that takes ${targetMs} ms on ${device}.

\`\`\`
${command}
\`\`\`
trains the teacher (${time.teacherEpochs} epochs), builds the distillation set (${time.replicas} copies of each image), searches in two stages
(${time.coarseSteps} and ${time.fineSteps} steps), trains the network that was found, and exports it to
\`exported/${name}/onnx\`. Stopped at any time, the same command resumes. \`--dry-run\` shows what is missing, and how
long it will take.

| file | what it holds |
|---|---|
| \`config.yaml\` | device, target, steps |
| \`search-space.coarse.yaml\` | the architectures to choose from |
| \`recipes/teacher.train.yaml\`, \`teacher.network.yaml\` | the teacher |
| \`recipes/set.dataset.yaml\` | the distillation set |
| \`recipes/final.train.yaml\` | the final training |
| \`study.yaml\`, \`search-space.one-stage.yaml\` | a comparison of the search with other ways and networks |
| \`init.json\` | the arguments and the speeds measured on this machine; \`init --force\` with the same arguments uses them again |
| \`runs/\`, \`exported/\` | the results |

Whether the search pays on these images, against one stage, random networks and published ones of that latency:
\`${studyCommand}\` (hours; the file says how many).

A run refuses a changed config. Search again under another name: \`${command} --run-id second\`.
`;
}
