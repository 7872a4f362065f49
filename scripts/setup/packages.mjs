// @ts-check
/** Installs the npm packages of the lockfile and compiles the program. */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { addDistFiles } from './dist-files.mjs';
import { messageOf, run, SetupFailure, step } from './report.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} Entry
 */

/** Runs `npm ci` unless node_modules matches package-lock.json. @param {string} root */
export async function installPackages(root) {
  if (packagesAreCurrent(root)) return;
  await step(
    'packages',
    () => cleanInstall(root),
    () => `${readdirSync(join(root, 'node_modules')).length} packages`,
  );
}

/**
 * Compares the lockfile with npm's own record of what it installed. Optional packages may be absent.
 *
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const wanted = entries(join(root, 'package-lock.json'));
  const installed = entries(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** @param {string} file @returns {Record<string, Entry> | undefined} */
function entries(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Runs npm quietly, without the scripts of packages. @param {string} cwd @param {readonly string[]} args */
export async function npm(cwd, args) {
  const script = process.env['npm_execpath'];
  const command = script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const patience = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  await run([...command, ...args, ...quiet, ...patience], { cwd });
}

/** @param {string} root */
async function cleanInstall(root) {
  try {
    await npm(root, ['ci']);
  } catch (error) {
    throw new SetupFailure(
      'the npm packages could not be installed',
      'check the network and the npm registry (npm ping), free disk space, and that npm 10 or later is installed',
      [`npm ci: ${messageOf(error)}`],
    );
  }
}

/** Compiles src/ to dist/ when a source is newer than the last build. @param {string} root */
export async function build(root) {
  if (!existsSync(join(root, 'src')) || builtTime(root) >= newestSource(root)) return;
  await step('build', () => compile(root));
}

/** @param {string} root */
async function compile(root) {
  const typescript = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const command = join(root, 'dist', 'cli', 'main.js');
  try {
    await run([process.execPath, typescript, '-p', 'tsconfig.build.json'], { cwd: root });
    await addDistFiles(root);
    if (existsSync(command)) chmodSync(command, 0o755); // npx runs it
    utimesSync(buildRecord(root), new Date(), new Date()); // the compiler leaves it alone when nothing changed
  } catch (error) {
    rmSync(buildRecord(root), { force: true }); // so that the next run compiles again
    throw new SetupFailure(
      `the program does not compile: ${messageOf(error)}`,
      'correct the source (npm run build shows all errors)',
    );
  }
}

/** The compiler's own record of the last build. @param {string} root */
const buildRecord = (root) => join(root, 'dist', '.tsbuildinfo');

/** Time of the last successful build, 0 if none. @param {string} root */
const builtTime = (root) => (existsSync(buildRecord(root)) ? statSync(buildRecord(root)).mtimeMs : 0);

/** Time of the newest source; folders count too, since theirs changes when a file is deleted. @param {string} root */
function newestSource(root) {
  const files = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join(root, 'src', String(name)));
  return Math.max(...[...files, ...sources].filter((path) => existsSync(path)).map((path) => statSync(path).mtimeMs));
}
