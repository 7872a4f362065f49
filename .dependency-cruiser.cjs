const { readdirSync } = require('node:fs');
const { wings, rooms } = require('./.import-table.cjs');

/** A wing's imports from other wings. */
const ofWings = Object.entries(wings).map(([wing, allowed]) => ({
  name: `${wing}-imports`,
  comment: `src/${wing} may import from: ${allowed.join(', ') || 'no other wing'}`,
  severity: 'error',
  from: { path: `^src/${wing}/` },
  to: { path: '^src/', pathNot: `^src/(${[wing, ...allowed].join('|')})/` },
}));

/** A room's imports from other rooms of its wing. */
const ofRooms = Object.keys(wings).flatMap((wing) =>
  [...roomsOf(wing), '.'].map((room) => {
    const allowed = rooms[wing]?.[room] ?? [];
    return {
      name: `${wing}-${room === '.' ? 'files' : room}-imports`,
      comment: `${nameOf(wing, room)} may import from: ${allowed.join(', ') || 'no other room'} of its wing`,
      severity: 'error',
      from: { path: patternOf(wing, room) },
      to: { path: `^src/${wing}/`, pathNot: [room, ...allowed].map((other) => patternOf(wing, other)) },
    };
  }),
);

function roomsOf(wing) {
  return readdirSync(`src/${wing}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function nameOf(wing, room) {
  return room === '.' ? `files right in src/${wing}` : `src/${wing}/${room}`;
}

function patternOf(wing, room) {
  return room === '.' ? `^src/${wing}/[^/]+$` : `^src/${wing}/${room}/`;
}

module.exports = {
  forbidden: [
    ...ofWings,
    ...ofRooms,
    {
      name: 'known-wing',
      comment: 'every file of src/ belongs to a wing of the table',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(wings).join('|')})/` },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'tensorflow-in-two-rooms',
      comment: 'only what computes and what loads exported models imports TensorFlow.js; tests may compare with it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(networks/tensor|data/runtimes)/' },
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
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['mnv4-source', 'import', 'node', 'default', 'types'],
    },
  },
};
