// @ts-check
/** Downloads the pinned wheel, resuming an earlier download; checks the SHA-256. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, run, SetupFailure } from './report.mjs';

/** @typedef {import('./pins.mjs').Pin} Pin */
/** @typedef {import('./report.mjs').Progress} Progress */

/** Commands for pip; the first that answers is used. uv provides a pip where none is installed. */
const pipCommands = [['python3', '-m', 'pip'], ['pip3'], ['python', '-m', 'pip'], ['uv', 'tool', 'run', 'pip']];
const stallMs = 60_000;
const tries = 5;

/**
 * Downloads the wheel of a pin, or finds it in the folder.
 *
 * @param {Pin} pin
 * @param {string} folder  for the download; a `.part` file stays there if the download breaks
 * @param {Progress} progress
 * @returns {Promise<string>} path of the wheel; the caller deletes it
 */
export async function downloadWheel(pin, folder, progress) {
  const wheel = join(folder, `${pin.package}-${pin.version}-${pin.platform}.whl`);
  await mkdir(folder, { recursive: true });
  if (existsSync(wheel) && (await sha256(wheel)) === pin.sha256) return wheel;
  const pip = await findPip();
  /** @type {string[]} */
  const attempts = [];
  for (const attempt of [byAddress, byPip]) {
    try {
      await attempt(pip, pin, wheel, progress);
      await check(wheel, pin);
      return wheel;
    } catch (error) {
      attempts.push(
        `${pip.join(' ')} (${attempt === byAddress ? 'address, resumable' : 'download'}): ${messageOf(error)}`,
      );
      if (isFinal(error)) break;
    }
  }
  throw new SetupFailure(
    `TensorFlow's library (${pin.package} ${pin.version}, ${pin.platform}) could not be downloaded`,
    'check the network and the package index that pip is configured for, and run this again, which resumes the download; or set MNV4_LIBTENSORFLOW=FOLDER to a libtensorflow on this machine (FOLDER/lib, FOLDER/include)',
    attempts,
  );
}

/** The first pip command that works. @returns {Promise<readonly string[]>} */
export async function findPip() {
  /** @type {string[]} */
  const attempts = [];
  for (const command of pipCommands) {
    try {
      await run([...command, '--version']);
      return command;
    } catch (error) {
      attempts.push(`${command.join(' ')}: ${messageOf(error)}`);
    }
  }
  throw new SetupFailure(
    "TensorFlow's library comes as a Python wheel, but neither pip nor uv is installed to download it",
    'install pip (Debian, Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip) or uv; or set MNV4_LIBTENSORFLOW=FOLDER',
    attempts,
  );
}

/** @param {Pin} pin */
const wheelArguments = (pin) => [
  ...['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', pin.platform],
  `${pin.package}==${pin.version}`,
];

/** Downloads from the address that pip reports; unlike pip's own download, this one can be resumed. */
async function byAddress(
  /** @type {readonly string[]} */ pip,
  /** @type {Pin} */ pin,
  /** @type {string} */ wheel,
  /** @type {Progress} */ progress,
) {
  if (process.env['HTTPS_PROXY'] ?? process.env['https_proxy']) throw new Error('left to pip: a proxy is configured');
  const options = ['--dry-run', '--ignore-installed', '--quiet', '--report', '-', '--target', `${wheel}.none`];
  const report = JSON.parse(await askPip([...pip, 'install', ...options, ...wheelArguments(pin)]));
  const { url, archive_info: archive } = report.install[0].download_info;
  const stated = archive?.hashes?.sha256;
  if (stated !== undefined && stated !== pin.sha256) throw new ChecksumError(`the index offers ${stated}`, pin);
  if (!/^https?:/.test(url)) throw new Error('left to pip: not a web address');
  await fetchResuming(url, `${wheel}.part`, pin.bytes, progress);
  await rename(`${wheel}.part`, wheel);
}

/**
 * Output of pip; an error of the index itself is final, since a second attempt would fail too.
 *
 * @param {string[]} command
 */
async function askPip(command) {
  try {
    return await run(command);
  } catch (error) {
    if (/no such option/.test(messageOf(error))) throw error; // pip before 22.2 cannot report addresses
    throw Object.assign(/** @type {Error} */ (error), { code: 'INDEX' });
  }
}

/** Downloads with pip, which knows proxies and credentials but cannot resume. */
async function byPip(/** @type {readonly string[]} */ pip, /** @type {Pin} */ pin, /** @type {string} */ wheel) {
  const folder = await mkdtemp(`${wheel}.pip-`);
  try {
    await run([...pip, 'download', '--quiet', '--dest', folder, ...wheelArguments(pin)]);
    const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (name === undefined) throw new Error('pip left no wheel');
    await copyFile(join(folder, name), wheel);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Downloads into `part`, resuming after its present bytes, also after a broken connection.
 *
 * @param {string} url
 * @param {string} part
 * @param {number} expectedBytes  for the progress only
 * @param {Progress} progress
 */
export async function fetchResuming(url, part, expectedBytes, progress) {
  for (let attempt = 1; ; attempt++) {
    const before = sizeOf(part);
    try {
      return await fetchRest(url, part, (bytes) => progress(`${Math.floor((100 * bytes) / expectedBytes)} %`));
    } catch (error) {
      const stuck = sizeOf(part) === before;
      if (isFinal(error) || (stuck && attempt >= tries)) throw error;
      await new Promise((resolve) => setTimeout(resolve, stuck ? 500 * attempt : 0));
    }
  }
}

/** @param {string} url @param {string} part @param {(bytes: number) => void} onBytes */
async function fetchRest(url, part, onBytes) {
  const have = sizeOf(part);
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), stallMs);
  try {
    const response = await fetch(url, { headers: have ? { range: `bytes=${have}-` } : {}, signal: abort.signal });
    if (response.status === 416) return; // complete; the checksum decides
    if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`);
    const resumed = response.status === 206;
    let bytes = resumed ? have : 0;
    const counted = Readable.fromWeb(/** @type {any} */ (response.body)).on('data', (chunk) => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), stallMs);
      bytes += chunk.length;
      onBytes(bytes);
    });
    await pipeline(counted, createWriteStream(part, { flags: resumed ? 'a' : 'w' }));
  } catch (error) {
    const cause = /** @type {{ cause?: unknown }} */ (error).cause;
    if (abort.signal.aborted) throw new Error(`no data for ${stallMs / 1000} s`);
    throw cause instanceof Error ? cause : error;
  } finally {
    clearTimeout(timer);
  }
}

class ChecksumError extends Error {
  /** @param {string} found @param {Pin} pin */
  constructor(found, pin) {
    super(`checksum mismatch: expected SHA-256 ${pin.sha256}, ${found}`);
  }
}

/** @param {string} wheel @param {Pin} pin */
async function check(wheel, pin) {
  const found = await sha256(wheel);
  if (found === pin.sha256) return;
  await rm(wheel, { force: true });
  throw new ChecksumError(`got ${found}; the file was deleted`, pin);
}

/** @param {string} file */
async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** True for errors that another attempt cannot fix. @param {unknown} error */
function isFinal(error) {
  const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? '';
  return ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT', 'INDEX'].includes(code);
}

/** @param {string} file */
const sizeOf = (file) => (existsSync(file) ? statSync(file).size : 0);
