/**
 * How `commands.test.ts` runs the documented commands, and why it does not run the others. A command belongs to the first
 * rule that matches; each rule must match one.
 */

export type Rule = RunRule | ListedRule;

/** Run as documented, in the folder of `command-world.ts`; or with `--dry-run`, which checks and plans it. */
export interface RunRule {
  readonly match: RegExp;
  readonly how: 'run' | 'plan';
}

/** Not run: the reason, and the test or script that runs it. */
export interface ListedRule {
  readonly match: RegExp;
  readonly reason: string;
  readonly runBy: string;
}

export const rules: readonly Rule[] = [
  // ours, cheap
  { match: /^mnv4-nas (describe|validate|roofline|calibrate|completion|doctor|--help)/, how: 'run' },
  { match: /^mnv4-nas runs (list|show|watch|report|export)/, how: 'run' },
  { match: /^mnv4-nas dataset (info|verify|inspect)/, how: 'run' },
  { match: /^mnv4-nas dataset build RECIPE/, how: 'plan' },
  { match: /^mnv4-nas job /, how: 'run' },
  { match: /^mnv4-nas export .*--to (timm|onnx|safetensors|FORMAT)/, how: 'run' },
  { match: /^mnv4-nas train (NETWORK|RUN) --recipe FILE/, how: 'run' },
  {
    match: /^mnv4-nas search photos/,
    reason: 'needs the project that init writes',
    runBy: 'test/e2e/init.test.ts',
  },
  { match: /^mnv4-nas search .*(--dry-run|--rehearse)/, how: 'run' },
  { match: /^mnv4-nas (search|coarse|fine) /, how: 'plan' },
  // ours, not cheap
  {
    match: /^mnv4-nas (study|rank) /,
    reason: 'trains several networks; minutes to hours with the shipped files',
    runBy: 'test/e2e/study.test.ts',
  },
  {
    match: /^mnv4-nas (train|dataset build) .*recipes\//,
    reason: 'needs images that are not shipped, and minutes to days; the recipes are read and planned',
    runBy: 'test/recipes.test.ts',
  },
  {
    match: /^mnv4-nas export .*--to (litert|web|tfjs)/,
    reason: 'writes tens of megabytes of libraries, or is checked by another runtime',
    runBy: 'test/cli/commands/export.test.ts',
  },
  {
    match: /^mnv4-nas init /,
    reason: 'measures training steps of two networks',
    runBy: 'test/e2e/init.test.ts',
  },
  {
    match: /^mnv4-nas measure /,
    reason: 'minutes of timing, in runtimes that are installed separately',
    runBy: 'test/cli/commands/measure.test.ts',
  },
  {
    match: /^mnv4-nas eval /,
    reason: 'evaluates in the int8 kernels of a runtime that is installed separately',
    runBy: 'test/cli/commands/export.test.ts',
  },
  {
    match: /^mnv4-nas dataset preview /,
    reason: 'trains the teacher first',
    runBy: 'test/cli/commands/dataset.test.ts',
  },
  {
    match: /^mnv4-nas dataset fetch /,
    reason: 'downloads images',
    runBy: 'test/data/images/fetch/fetch.test.ts',
  },
  {
    match: /^mnv4-nas runs prune/,
    reason: 'removes runs, and needs a condition that the pages leave open',
    runBy: 'test/cli/commands/runs.test.ts',
  },
  {
    match: /^mnv4-nas runs serve/,
    reason: 'serves until it is interrupted',
    runBy: 'test/e2e/serve.test.ts',
  },
  {
    match: /^(mnv4-nas setup|node scripts\/setup\.mjs|npm run (setup|litert:install)\b)/,
    reason: 'downloads and compiles',
    runBy: 'test/setup.test.ts',
  },
  // npm and scripts
  {
    match: /^npm (test$|run (build|lint:fix|structure|test:unit)\b)/,
    reason: 'contains these tests, or changes what they run on',
    runBy: 'scripts/test.mjs',
  },
  {
    match: /^npm run quickstart$/,
    reason: 'minutes: downloads images and searches',
    runBy: 'test/e2e/project.test.ts',
  },
  {
    match: /^npm run (proof|bench|docs):/,
    reason: 'minutes to hours; ends with an exit code other than 0 if a check fails',
    runBy: 'package.json',
  },
  {
    match: /^node scripts\/(bench|docs)\//,
    reason: 'measures for minutes, or writes pages',
    runBy: 'test/docs/config.test.ts',
  },
  // other programs
  {
    match: /^npm (pack|install) ?/,
    reason: 'writes and installs packages',
    runBy: 'scripts/proof/package.mjs',
  },
  {
    match: /^sh \S+-slurm\/submit\.sh|^(trap|while|do|done|code=|exit)/,
    reason: 'needs a cluster',
    runBy: 'scripts/proof/slurm.mjs',
  },
  {
    match: /^docker |^sh \S+-k8s\/apply\.sh/,
    reason: 'needs a container engine and a cluster',
    runBy: 'scripts/proof/k8s.mjs',
  },
  {
    match: /^(pip install tensorboard|tensorboard )/,
    reason: 'installs TensorBoard, and serves until it is interrupted',
    runBy: 'scripts/proof/tensorboard.mjs',
  },
  {
    match: /^python3 -m http\.server/,
    reason: 'serves until it is interrupted',
    runBy: 'scripts/proof/web/server.mjs',
  },
  {
    match: /^(bash|for|do|echo|done)\b.*(findings|finding)/,
    reason: 'installs packages of others',
    runBy: 'findings/README.md',
  },
];
