import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { downloadWheel } from '../scripts/setup/download.mjs';
import { isWhole, namedLibrary, pinnedLibrary } from '../scripts/setup/library.mjs';
import { processTable, withLock } from '../scripts/setup/lock.mjs';
import { packagesAreCurrent } from '../scripts/setup/packages.mjs';
import { unzip } from '../scripts/setup/zip.mjs';
import { hastened } from './core/fake-time.js';

vi.mock('node:timers/promises', async () => (await import('#test/core/fake-time')).timersPromises);

let folder: string;
const path = process.env['PATH'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mnv4-set-up-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

const wheelMembers = {
  'tensorflow/libtensorflow_cc.so.2': 'the library'.repeat(5000),
  'tensorflow/libtensorflow_framework.so.2': 'the framework',
  'tensorflow/include/tensorflow/c/c_api.h': '// header',
  'tensorflow/include/tensorflow/c/eager/c_api.h': '// header',
  'tensorflow/include/Eigen/Core': 'not needed',
  'tensorflow/python/__init__.py': '',
};

describe('unzip', () => {
  it('writes the members that were asked for and no others', async () => {
    writeFileSync(join(folder, 'a.zip'), zip({ 'a/b.txt': 'deflated '.repeat(100), 'a/c.txt': '', d: 'left out' }));
    const bytes = await unzip(join(folder, 'a.zip'), folder, (name) => (name.startsWith('a/') ? name : undefined));
    expect(bytes).toBe(900);
    expect(readFileSync(join(folder, 'a/b.txt'), 'utf8')).toBe('deflated '.repeat(100));
    expect(readFileSync(join(folder, 'a/c.txt'), 'utf8')).toBe('');
    expect(existsSync(join(folder, 'd'))).toBe(false);
  });

  it('refuses a file that is cut short', async () => {
    writeFileSync(join(folder, 'a.zip'), zip({ a: 'text' }).subarray(0, 20));
    await expect(unzip(join(folder, 'a.zip'), folder, (name) => name)).rejects.toThrow('not a zip file');
  });
});

describe('the library', () => {
  it('is downloaded, unpacked with the names that linkers look for, and taken from the cache the next time', async () => {
    const wheel = zip(wheelMembers);
    const server = await serve(wheel);
    fakePip(server.url);
    const library = await pinnedLibrary(folder, 'test', pinOf(wheel));
    expect(readdirSync(join(library, 'lib')).sort()).toEqual([
      'libtensorflow.so',
      'libtensorflow.so.2',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
    ]);
    expect(readdirSync(join(library, 'include'))).toEqual(['tensorflow']);
    expect(readdirSync(join(folder, 'downloads'))).toEqual([]);

    server.close();
    process.env['PATH'] = folder; // no pip any more
    expect(await pinnedLibrary(folder, 'test', pinOf(wheel))).toBe(library);
    writeFileSync(join(library, 'lib', 'libtensorflow_cc.so.2'), 'damaged');
    expect(isWhole(library)).toBe(false);
  });

  it('goes on where a broken download stopped', async () => {
    const wheel = zip(wheelMembers);
    const server = await serve(wheel, { cutAfter: 100, cuts: 3 });
    fakePip(server.url);
    const file = await downloadWheel(pinOf(wheel), folder, () => {});
    expect(readFileSync(file)).toEqual(wheel);
    expect(server.ranges).toEqual([undefined, 'bytes=100-', 'bytes=200-', 'bytes=300-']);
    server.close();
  });

  it('is deleted when its checksum is wrong, and the message says so', async () => {
    const server = await serve(Buffer.from('something else'));
    fakePip(server.url);
    const failure = await downloadWheel(pinOf(zip(wheelMembers)), folder, () => {}).catch((error) => error);
    expect(failure.attempts[0]).toMatch(/checksum mismatch: expected SHA-256 \w{64}, got \w{64}; the file was deleted/);
    expect(readdirSync(folder)).toEqual(['bin']);
    server.close();
  });

  it('names every way to pip that it tried when there is none', async () => {
    process.env['PATH'] = folder;
    const failure = await downloadWheel(pinOf(Buffer.alloc(1)), folder, () => {}).catch((error) => error);
    expect(failure.attempts).toHaveLength(4);
    expect(failure.remedy).toContain('python3-pip');
  });

  it('may be one that the user names', async () => {
    await expect(namedLibrary(folder, join(folder, 'mine'))).rejects.toThrow('no libtensorflow in');
    for (const part of ['lib', 'include/tensorflow/c']) mkdirSync(join(folder, 'mine', part), { recursive: true });
    writeFileSync(join(folder, 'mine/include/tensorflow/c/c_api.h'), '');
    for (const name of ['libtensorflow.so.2', 'libtensorflow_framework.so.2']) {
      writeFileSync(join(folder, 'mine/lib', name), name);
    }
    const library = await namedLibrary(folder, join(folder, 'mine'));
    expect(readFileSync(join(library, 'lib/libtensorflow.so'), 'utf8')).toBe('libtensorflow.so.2');
    expect(existsSync(join(library, 'include/tensorflow/c/c_api.h'))).toBe(true);
  });
});

describe('packages', () => {
  const current = (wanted: object, installed: object) => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    return packagesAreCurrent(folder);
  };
  const a = { version: '1.0.0', integrity: 'x' };

  it('are current when each is there in its version; optional ones may be absent', () => {
    expect(packagesAreCurrent(folder)).toBe(false);
    expect(current({ a }, { a })).toBe(true);
    expect(current({ a, b: { ...a, optional: true } }, { a })).toBe(true);
    expect(current({ a, b: a }, { a })).toBe(false);
    expect(current({ a }, { a: { ...a, version: '1.0.1' } })).toBe(false);
  });

  it('are all in the lockfile, those for other platforms too, without addresses of a registry', () => {
    const text = readFileSync('package-lock.json', 'utf8');
    const { packages } = JSON.parse(text) as { packages: Record<string, { optionalDependencies?: object }> };
    const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(
      optional.filter((name) => !Object.keys(packages).some((key) => key.endsWith(`node_modules/${name}`))),
    ).toEqual([]);
    expect(text).not.toContain('"resolved"');
  });
});

describe('the lock', () => {
  const elsewhere = { host: hostname(), pid: 2 ** 22 + 1 }; // above the largest process id

  it('makes the second set-up wait for the first', async () => {
    const order: string[] = [];
    const lock = join(folder, 'lock');
    const secondWaits = new Promise<void>((waits) => {
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
        if (String(text).includes('waiting for another set-up')) waits();
        return true;
      });
    });
    const first = withLock(lock, async () => {
      await secondWaits;
      order.push('first');
    });
    await Promise.all([first, withLock(lock, async () => void order.push('second'))]);
    expect(order).toEqual(['first', 'second']);
    expect(existsSync(lock)).toBe(false);
  });

  it('is taken over when its holder is gone', async () => {
    const lock = join(folder, 'lock');
    writeFileSync(lock, JSON.stringify({ ...elsewhere, table: processTable() }));
    expect(await hastened(() => withLock(lock, async () => 'done'))).toBe('done');
  });

  it('of another container is taken over a minute after its last beat, whatever its clock says', async () => {
    const lock = join(folder, 'lock');
    writeFileSync(lock, JSON.stringify({ ...elsewhere, table: 'another' }));
    const waitedMs = await hastened(() => {
      const since = performance.now();
      let beats = 0;
      const timer = setInterval(() => {
        utimesSync(lock, ++beats, beats);
        if (beats === 50) clearInterval(timer);
      }, 5000);
      return withLock(lock, async () => performance.now() - since);
    });
    expect(waitedMs).toBeGreaterThan(50 * 5000 + 60_000);
    expect(waitedMs).toBeLessThan(50 * 5000 + 62_000);
  });
});

function pinOf(wheel: Buffer) {
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  return { package: 'fake', version: '1', platform: 'any', sha256, bytes: wheel.length, unpackedBytes: 1000 };
}

/** A pip that knows one address and cannot download by itself. */
function fakePip(url: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const report = JSON.stringify({ install: [{ download_info: { url, archive_info: {} } }] });
  const script = `#!/bin/sh\ncase "$*" in *--version*) ;; *--report*) echo '${report}' ;; *) echo "ERROR: no" >&2; exit 1 ;; esac\n`;
  writeFileSync(join(bin, 'python3'), script);
  chmodSync(join(bin, 'python3'), 0o755);
  process.env['PATH'] = `${bin}:${path}`;
  for (const name of ['HTTPS_PROXY', 'https_proxy']) delete process.env[name];
}

/** Resolves once a download in the test's folder has this many bytes. */
function arrived(bytes: number): Promise<void> {
  return vi.waitFor(
    () => {
      const part = readdirSync(folder).find((name) => name.endsWith('.part')) ?? '';
      expect(statSync(join(folder, part)).size).toBe(bytes);
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** Serves `body`, closing the first `cuts` connections once `cutAfter` bytes of each have arrived. */
async function serve(body: Buffer, { cutAfter = 0, cuts = 0 } = {}) {
  const ranges: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length - start });
    if (ranges.length > cuts) response.end(body.subarray(start));
    else {
      response.write(body.subarray(start, start + cutAfter));
      void arrived(start + cutAfter).then(() => response.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fake.whl`;
  return { url, ranges, close: () => server.close() };
}

/** A zip file of deflated members; checksums are left out, as the whole file has one. */
function zip(members: Record<string, string>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const packed = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    files.push(file);
    offset += file.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, entries, end]);
}
