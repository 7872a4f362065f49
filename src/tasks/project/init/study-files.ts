/** The study of a project: it compares the search's results with other networks of that latency, all trained alone. */
import type { InitPlan } from './init-plan.js';
import type { ProjectFile, ProjectNames } from './project-names.js';
import { oneStageText } from './space-template.js';

const seeds = 3;
const oneStageShare = 0.7; // of the steps of two stages, since a step of the larger SuperNet takes longer

export function studyFiles(plan: InitPlan, names: ProjectNames): ProjectFile[] {
  return [
    { name: 'study.yaml', content: study(plan, names) },
    { name: 'search-space.one-stage.yaml', content: oneStageSpace(plan, names) },
  ];
}

function study({ time, known }: InitPlan, { name, targetMs, studyCommand }: ProjectNames): string {
  const { coarse, fine, train } = time.seconds;
  const searches = coarse + fine; // of two stages, and as much of one
  const hours = (seeds * (2 * searches + (4 + known.length) * train)) / 3600;
  const scaled = known.map((network) => `  - { name: ${network}, scaled: ${network} }\n`).join('');
  return `# Purpose: show whether the search for ${name} beats a search in one stage, random networks and published ones of ${targetMs} ms,
#          all trained alone in the same way, with intervals over ${seeds} seeds.
# Command: ${studyCommand}
#          (after the search, which builds the distillation set; about ${Number(hours.toPrecision(2))} hours; run again it resumes)
name: ${name}-study
config: config.yaml
recipe: recipes/final.train.yaml
seeds: ${seeds}
arms:
  - name: two-stage
  - name: coarse-alone
    runsOf: two-stage
    stages: [coarse]
  - name: any-of-fine-space # a random network of the space that the fine stage chooses from
    coarseOf: two-stage
    draw: 1
  - name: one-stage # widths, depth, depthwise layers and expansions at once
    stages: [coarse]
    set: { coarse.space: search-space.one-stage.yaml, coarse.steps: ${Math.round(oneStageShare * (time.coarseSteps + time.fineSteps))} }
${scaled}`;
}

function oneStageSpace({ space: { template } }: InitPlan, { name }: ProjectNames): string {
  return `# Everything at once that search-space.coarse.yaml and the fine stage open in turn, and expansions: study.yaml compares
# two stages with a search of this space.
${oneStageText(`${name}.one-stage`, template)}`;
}
