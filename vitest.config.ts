import { defineConfig } from 'vitest/config';

/** Folders whose tests compute in plain JavaScript and leave nothing behind: one process may run them all. */
const plain = [
  'core',
  'networks/cost',
  'networks/space',
  'networks/weights/timm',
  'networks/zoo',
  'tasks/devices',
  'tasks/report',
  'tasks/search/controller',
].map((folder) => `test/${folder}/**/*.test.ts`);

const shared = {
  pool: 'forks', // native TensorFlow lives once per process
  testTimeout: 30_000,
  hookTimeout: 60_000,
} as const;

/**
 * Tests run src/, not the build. Conditions would do it too, but processes that tests start inherit these, and cannot run
 * TypeScript.
 */
const alias = [
  { find: /^#test\//, replacement: `${import.meta.dirname}/test/` },
  { find: /^#(?=(cli|tasks|jobs|networks|data|core)\/)/, replacement: `${import.meta.dirname}/src/` },
];

export default defineConfig({
  resolve: { alias },
  test: {
    maxWorkers: 2,
    projects: [
      { extends: true, test: { ...shared, name: 'plain', include: plain, isolate: false } },
      { extends: true, test: { ...shared, name: 'own process', include: ['test/**/*.test.ts'], exclude: plain } },
    ],
  },
});
