/**
 * The one direction of import, as in ARCHITECTURE.md: each folder of src/ and the folders it may import from. The rules
 * below are made from this table.
 */
const mayImport = {
  cli: [
    'study',
    'search',
    'distill',
    'train',
    'measure',
    'export',
    'report',
    'supernet',
    'workers',
    'controller',
    'cost',
    'data',
    'runs',
    'timm',
    'nn',
    'space',
    'core',
  ],
  study: ['search', 'train', 'report', 'cost', 'runs', 'space', 'core'],
  search: ['train', 'workers', 'supernet', 'controller', 'cost', 'data', 'runs', 'space', 'core'],
  distill: ['train', 'nn', 'data', 'runs', 'space', 'core'],
  train: ['workers', 'timm', 'nn', 'data', 'runs', 'space', 'core'],
  measure: ['export', 'nn', 'runs', 'space', 'core'],
  export: ['timm', 'nn', 'runs', 'space', 'core'],
  report: ['cost', 'runs', 'space', 'core'],
  timm: ['runs', 'space', 'core'],
  supernet: ['nn', 'space', 'core'],
  workers: ['core'],
  controller: ['core'],
  cost: ['space', 'core'],
  data: ['core'],
  runs: ['space', 'core'],
  nn: ['space', 'core'],
  space: ['core'],
  core: [],
};

const oneDirection = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import from: ${allowed.join(', ') || 'no other folder'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...oneDirection,
    {
      name: 'known-folder',
      comment: 'every file of src/ belongs to a folder of the table',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(mayImport).join('|')})/` },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'tensorflow-only-in-nn',
      comment: 'src/nn is the only folder that imports TensorFlow.js; tests may compare with it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/nn/' },
      to: { path: '@tensorflow/' },
    },
    {
      name: 'no-barrels',
      comment: 'import from the file that defines a thing',
      severity: 'error',
      from: {},
      to: { path: '^src/.*/index\\.ts$' },
    },
    {
      name: 'src-without-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'declared-packages',
      comment: 'src/ imports only packages of "dependencies"',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
