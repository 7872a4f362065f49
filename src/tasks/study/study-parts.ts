/** Parts of a study that ran one after the other, or on several machines. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { list, quantity, readChecked, text } from '#core/documents/conform';
import { groupBy } from '#core/statistics/group-by';
import { costsSchema } from '#jobs/runs/run-result';
import { type ArmFindings, type Finding, lengthsOf } from './run-study.js';
import type { Study } from './study.js';
import { runsOf } from './trained-alone.js';

const number = quantity('a number');

const findingSchema = z.object(
  {
    seed: number,
    architecture: text('a fingerprint'),
    costs: costsSchema,
    held: z.object({ top1: number, loss: number }, { error: 'an evaluation' }).nullable(),
    alike: number.optional(),
    alone: number,
    trained: z.array(
      z.object(
        {
          epochs: number,
          /** Absent in findings of older versions. */
          runs: z.array(text('a run'), { error: 'a list of runs' }).default([]),
          top1: list(number, 'a list of accuracies'),
          seconds: number,
        },
        { error: 'trainings' },
      ),
      { error: 'a list of trainings' },
    ),
    searchSeconds: number,
  },
  { error: 'a finding' },
);

const partSchema = z.object(
  {
    arms: list(
      z.object(
        {
          name: text('a name'),
          target: number.nullable(),
          isGiven: z.boolean({ error: 'true or false' }),
          findings: z.array(findingSchema, { error: 'a list of findings' }),
          searchImages: number,
        },
        { error: 'an arm' },
      ),
      'a list of arms',
    ),
  },
  { error: 'a study' },
);

/**
 * Returns what earlier parts of a study found, as its `study.json` has it; none without that file. Findings of other
 * trainings than the study's are left out. A damaged file is a data failure.
 */
export function earlierFindings(file: string, study: Study): ArmFindings[] {
  if (!existsSync(file)) return [];
  const { arms } = readChecked(file, partSchema, 'remove it and run the study again, which repeats no finished run');
  return study.arms.flatMap((arm) => {
    const isOfStudy = ({ seed, architecture, trained }: Finding) =>
      `${trained.map(({ runs }) => runs)}` ===
      `${lengthsOf(study, arm, seed).map((length) => runsOf(architecture, length))}`;
    const earlier = arms.filter(({ name, target }) => name === arm.name && target === arm.target);
    return earlier.map((one) => ({ ...one, findings: one.findings.filter(isOfStudy) }));
  });
}

/**
 * Puts parts of a study together, its arms in the order of the last part: where two have the same seed of an arm, the
 * later one counts.
 */
export function joined(parts: readonly (readonly ArmFindings[])[]): ArmFindings[] {
  const arms = groupBy(parts.toReversed().flat(), ({ name, target }) => `${name} ${target}`);
  return arms.map((same) => {
    const lastWith = (seed: number) => same.find(({ findings }) => findings.some((finding) => finding.seed === seed));
    const findings = same.flatMap((part) => part.findings.filter(({ seed }) => lastWith(seed) === part));
    return { ...(same[0] as ArmFindings), findings: findings.sort((a, b) => a.seed - b.seed) };
  });
}
