#!/usr/bin/env node
// Proves the package as its users get it: packs it, checks it with publint and attw, installs it into an empty folder with
// an empty cache, and uses it there. Downloads native TensorFlow (274 MB), unless --cache names a folder that has it: then
// its library and compiled addons are linked into the empty cache once it has been seen that they are missing.
//   npm run proof:package [-- --cache FOLDER] [-- --node PROGRAM]
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { commandsIn } from './package/commands.mjs';
import { programsOf } from './package/programs.mjs';

const tools = { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5', typescript: '5.9.3', '@types/node': '20.19.43' };

const repository = resolve(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { cache: { type: 'string' }, node: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'mnv4-package-'));
const app = join(folder, 'app');
const cache = join(folder, 'cache');
const node = values.node === undefined ? process.execPath : resolve(values.node);
const { run, npm, program, expect } = commandsIn(app, {
  ...process.env,
  PATH: `${dirname(node)}:${process.env.PATH}`,
  MNV4_CACHE: cache,
});

try {
  mkdirSync(app);
  writeFileSync(
    join(app, 'package.json'),
    '{ "name": "app", "version": "1.0.0", "private": true, "type": "module" }\n',
  );
  console.log(`node ${run(node, ['--version']).stdout.trim()}, npm ${npm(['--version']).stdout.trim()}`);
  const tarball = pack();
  checkPackage(tarball);
  npm(['install', tarball, '--ignore-scripts=false', '--no-audit', '--no-fund']);
  useWithoutTensorFlow();
  setUp();
  searchOwnPictures();
  await usePrograms();
  checkBill();
  console.log('the package works');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], { cwd: repository }).stdout);
  console.log(`${packed.filename}: ${packed.entryCount} files, ${packed.size} bytes, ${packed.unpackedSize} unpacked`);
  return join(folder, packed.filename);
}

/** Runs publint and attw. The package has only ES modules, so attw skips CommonJS and old resolution. */
function checkPackage(/** @type {string} */ tarball) {
  const cwd = join(folder, 'tools');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }\n');
  const wanted = Object.entries(tools).map(([name, version]) => `${name}@${version}`);
  npm(['install', ...wanted, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd });
  run(join(cwd, 'node_modules/.bin/publint'), ['run', tarball, '--strict'], { cwd });
  run(join(cwd, 'node_modules/.bin/attw'), [tarball, '--profile', 'esm-only'], { cwd });
}

function useWithoutTensorFlow() {
  program(['--help']);
  expect(program(['validate', 'quickstart']).stdout.includes('no mistakes'), 'a shipped config has no mistakes');
  expect(program(['describe', 'mnv4-conv-s', '--json']).stdout.includes('"macs":'), 'a shipped network is described');
  program(['roofline', 'mnv4-conv-s', 'mobilenet-v2']);
  program(['runs', 'list']);
  program(['doctor'], { status: 5 });
  const refused = program(['search', 'quickstart'], { status: 5 }).stderr;
  expect(/npx mnv4-nas setup.*GB/.test(refused), 'a search without a terminal names the command and the size');
}

function setUp() {
  const given = values.cache === undefined ? [] : readdirSync(values.cache);
  mkdirSync(cache, { recursive: true });
  for (const name of given.filter((name) => /^(tensorflow-|addons$)/.test(name))) {
    symlinkSync(resolve(values.cache, name), join(cache, name));
  }
  program(['setup']);
  program(['setup']);
  expect(program(['doctor']).stdout.includes('This machine is ready.'), 'the machine is ready');
}

function searchOwnPictures() {
  run(node, ['--input-type=module', '-e', programsOf.pictures]);
  program([
    'init',
    'photos',
    '--device',
    'pixel-6-cpu',
    '--target-ms',
    '0.05',
    '--hours',
    '0.01',
    '--resolution',
    '32',
  ]);
  const config = join(app, 'photos-search/config.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/\bsteps: \d+/g, 'steps: 4'));
  program(['search', 'photos-search/config.yaml']);
  expect(readdirSync(join(app, 'photos-search/runs')).length >= 2, 'the runs are in the project');
}

/** Compiles the programs of docs/api.md as a consumer does, in both kinds of resolution, and runs them. */
async function usePrograms() {
  const programs = programsOf.page(readFileSync(join(repository, 'docs/api.md'), 'utf8'));
  for (const [i, text] of programs.entries()) writeFileSync(join(app, `program-${i}.ts`), text);
  npm(['install', '--save-dev', `typescript@${tools.typescript}`, `@types/node@${tools['@types/node']}`, '--no-audit']);
  for (const resolution of ['node16', 'bundler']) {
    const files = programs.map((_, i) => `program-${i}.ts`);
    run(join(app, 'node_modules/.bin/tsc'), [...files, ...programsOf.compilerOptions(resolution)]);
  }
  for (const i of programs.keys()) run(node, [`program-${i}.js`]);
  const internal = run(node, ['-e', "import('mnv4-nas/dist/core/failure.js')"], { status: 1 });
  expect(internal.stderr.includes('ERR_PACKAGE_PATH_NOT_EXPORTED'), 'internals cannot be imported');
}

/** The bill of materials names what was installed. */
function checkBill() {
  const { components } = JSON.parse(npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev']).stdout);
  expect(
    components.some((part) => part.name === 'sharp' && part.licenses.length > 0),
    'npm sbom lists the dependencies',
  );
  console.log(`npm sbom: ${components.length} components`);
}
