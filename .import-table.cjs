/**
 * Which part of src/ imports which, as in ARCHITECTURE.md: the smallest table that holds. `.dependency-cruiser.cjs` makes
 * rules of it, and test/structure.test.ts compares it with the imports that exist.
 */

/** By wing, the wings that it imports; a wing imports only wings further down. */
const wings = {
  cli: ['tasks', 'jobs', 'networks', 'data', 'core'],
  library: ['tasks', 'jobs', 'networks', 'data', 'core'],
  tasks: ['jobs', 'networks', 'data', 'core'],
  jobs: ['networks', 'data', 'core'],
  networks: ['data', 'core'],
  data: ['core'],
  core: [],
};

/** By wing and room, the rooms of the same wing that it imports; `.` stands for the files right in a folder. */
const rooms = {
  cli: {
    '.': ['arguments', 'commands', 'process', 'terminal'],
    arguments: ['terminal'],
    commands: ['arguments', 'completion', 'process', 'terminal'],
    completion: ['arguments'],
    process: ['terminal'],
  },
  tasks: {
    cluster: ['distill', 'search'],
    devices: ['export'],
    distill: ['training'],
    report: ['devices', 'search'],
    project: ['distill', 'export', 'search', 'training'],
    search: ['export', 'training'],
    study: ['report', 'search', 'training'],
    training: ['export'],
  },
  jobs: {
    '.': ['runs', 'workers'],
  },
  networks: {
    cost: ['space', 'zoo'],
    nn: ['space', 'tensor'],
    tensor: ['space'],
    weights: ['nn', 'space', 'tensor'],
    zoo: ['space'],
  },
  data: {
    images: ['.'],
    sets: ['.', 'images'],
  },
  core: {
    documents: ['.', 'files'],
    files: ['.', 'machine'],
    statistics: ['.'],
  },
};

module.exports = { wings, rooms };
