// @ts-check
/**
 * Every manifest is decoded, defaulted and validated as the API server does it, and read as exactly what was meant; known
 * mistakes are refused, so that the check is known to check.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { manifestText } from '#tasks/cluster/kubernetes/manifest';
import { kubernetesFiles } from '#tasks/cluster/kubernetes/project';
import { mistakes, plannedCases } from './cases.mjs';
import { engines } from './engines.mjs';

/**
 * Checks all manifests; returns what is wrong.
 *
 * @param {string} folder @param {string | undefined} definition  custom resource definition of the MPIJob
 */
export function checkManifests(folder, definition) {
  const cases = plannedCases(folder);
  const wrong = cases.flatMap(({ name, project }, i) => {
    const expected = [...project.manifests.values()].flat();
    const found = verdicts(written(join(folder, `case-${i}`), project), definition);
    const kinds = [...new Set(found.map(({ kind }) => kind))].join(', ');
    const problems = found.flatMap(({ kind, errors }) => errors.map((error) => `${kind}: ${error}`));
    const misread = expected.filter((manifest, at) => !isDeepStrictEqual(plainOf(manifest), found[at]?.read));
    for (const { kind, warnings } of found) for (const text of warnings) console.log(`  ${kind}: warning: ${text}`);
    console.log(
      `manifests: ${name}: ${found.length} (${kinds}): ${problems.length} refused, ${misread.length} misread`,
    );
    return [...problems, ...misread.map(({ kind }) => `${kind}: misread`)].map((text) => `${name}: ${text}`);
  });
  return [...wrong, ...acceptedMistakes(folder, cases[0])];
}

/** @param {string} folder @param {any} first  the case to spoil */
function acceptedMistakes(folder, first) {
  const [job] = first.project.manifests.get('30-search.yaml');
  return mistakes.flatMap(([name, spoil], i) => {
    const copy = structuredClone(job);
    spoil(copy);
    const file = join(folder, `mistake-${i}.yaml`);
    writeFileSync(file, manifestText([copy], []));
    const [verdict] = verdicts([file], undefined);
    const told = verdict?.errors[0];
    console.log(`manifests: ${name}: ${told === undefined ? 'ACCEPTED' : `refused: ${told.slice(0, 160)}`}`);
    return told === undefined ? [`${name}: accepted`] : [];
  });
}

/** @param {string} folder @param {import('#tasks/cluster/kubernetes/project').KubernetesProject} project */
function written(folder, project) {
  mkdirSync(folder);
  const files = kubernetesFiles(project).filter(({ name }) => name.endsWith('.yaml'));
  return files.map(({ name, content }) => {
    writeFileSync(join(folder, name), /** @type {string} */ (content));
    return join(folder, name);
  });
}

/**
 * @param {readonly string[]} files @param {string | undefined} definition
 * @returns {{ kind: string, errors: string[], warnings: string[], read: unknown }[]}
 */
function verdicts(files, definition) {
  const flags = definition === undefined ? [] : ['-crd', definition];
  const ran = spawnSync(engines.manifestCheck, [...flags, ...files], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (ran.status !== 0 && ran.status !== 1) throw new Error(`manifest-check ended with ${ran.status}: ${ran.stderr}`);
  return ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The value without keys that are undefined. @param {unknown} value */
const plainOf = (value) => JSON.parse(JSON.stringify(value));
