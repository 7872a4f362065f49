import { defineConfig } from 'vitest/config';

/**
 * Tests that need a separate process: they replace modules, choose a backend, count what a process
 * has loaded or start the program, which inherits the environment that TensorFlow is opened with. All
 * others leave nothing behind, and one process runs many of them: to load TensorFlow takes longer than most tests.
 */
const alone = [
  'cli/arguments/backend-option',
  'cli/main',
  'e2e/*',
  'jobs/runs/lock-file',
  'jobs/runs/settle-lock',
  'networks/tensor/backend',
  'networks/tensor/cpu/*',
  'networks/tensor/onednn',
  'setup',
  'tasks/export/tfjs/*',
].map((name) => `test/${name}.test.ts`);

const shared = {
  pool: 'forks', // native TensorFlow lives once per process
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: 'test/remove-folders.ts',
  env: { SLURM_JOB_ID: '', SLURM_ARRAY_JOB_ID: '', KUBERNETES_SERVICE_HOST: '', MNV4_JOB: '' }, // runs record the scheduler's job
} as const;

/**
 * Tests run src/, not the build. Conditions would do it too, but processes that tests start inherit these, and cannot run
 * TypeScript.
 */
const alias = [
  { find: /^#test\//, replacement: `${import.meta.dirname}/test/` },
  { find: /^#(?=(cli|library|tasks|jobs|networks|data|core)\/)/, replacement: `${import.meta.dirname}/src/` },
];

export default defineConfig({
  resolve: { alias },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'shared process', include: ['test/**/*.test.ts'], exclude: alone, isolate: false },
      },
      { extends: true, test: { ...shared, name: 'own process', include: alone } },
    ],
  },
});
