import { appendFileSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32c } from '#data/images/formats/shards/crc';
import { openTensorBoardLog } from '#jobs/runs/tensorboard/event-files';
import { temporaryFolder } from '#test/jobs/runs/run-fixture';
import { bitwiseCrc32c, type ReadEvent, readEventFiles } from './read-event-file.js';

const never = (message: string): void => expect.unreachable(message);

/** Logs one value for each step, as a process that ran them does. */
function logged(folder: string, from: number, steps: readonly number[], notice = never): void {
  const log = openTensorBoardLog(folder, from, 'seed: 1\n', notice);
  for (const step of steps) log.append(step, [{ tag: 'loss', scalar: 1 / step }]);
  log.flush();
  log.close();
}

const stepsOf = (events: readonly ReadEvent[]) => events.flatMap(({ step, values }) => (values['loss'] ? [step] : []));
const namesIn = (folder: string) => readdirSync(folder).sort();

describe('CRC-32C', () => {
  // RFC 3720, appendix B.4; there the bytes are printed in the order in which they are sent
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  const vectors: [string, Uint8Array, number][] = [
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', ascending, 0x46dd794e],
    ['31 to 0', ascending.toReversed(), 0x113fdb5c],
    ['the check value of the catalogue', Buffer.from('123456789'), 0xe3069283],
  ];
  it.each(vectors)('of %s is the published one, in the program and in the reader of this test', (_, bytes, crc) => {
    expect([crc32c(bytes), bitwiseCrc32c(bytes)]).toEqual([crc, crc]);
  });
});

describe('an event file', () => {
  it('holds its version, the start of the session, the config, and each step with its values', () => {
    const folder = temporaryFolder();
    const before = Date.now() / 1000;
    const log = openTensorBoardLog(folder, 0, 'seed: 1\n', never);
    const buckets = [
      [-0.5, 0.5, 0.25],
      [0.5, 1.5, 0.75],
    ] as const;
    log.append(2 ** 33, [
      { tag: 'costs/latencyMs@pixel-6-cpu/value', scalar: 0.1 },
      { tag: 'loss', scalar: 0 },
      { tag: 'policy/stages[1].out', buckets },
    ]);
    log.appendResult(2 ** 33, '{ "quality": 0.5 }\n');
    log.close();
    const [events = []] = readEventFiles(folder);
    expect(events.map(({ wallTime, ...event }) => event)).toEqual([
      { step: 0, version: 'brain.Event:2', values: {} },
      { step: 1, session: 1, values: {} },
      { step: 0, values: { config: text('```yaml\nseed: 1\n```\n') } },
      {
        step: 2 ** 33,
        values: {
          'costs/latencyMs@pixel-6-cpu/value': { scalar: Math.fround(0.1) },
          loss: { scalar: 0 },
          'policy/stages[1].out': {
            ...{ dtype: 2, shape: [2, 3], doubles: buckets.flat(), plugin: 'histograms', dataClass: 2 },
          },
        },
      },
      { step: 2 ** 33, values: { result: text('```json\n{ "quality": 0.5 }\n```\n') } },
    ]);
    for (const { wallTime } of events) {
      expect(wallTime).toBeGreaterThanOrEqual(before);
      expect(wallTime).toBeLessThanOrEqual(Date.now() / 1000);
    }
  });
});

function text(content: string) {
  return { dtype: 7, shape: [], text: content, plugin: 'text', dataClass: 2 };
}

describe('the event files of a run that was killed and resumed', () => {
  it('have each step once, the config once, and a name that follows', () => {
    const folder = temporaryFolder();
    logged(folder, 0, [10, 20, 30, 40]);
    const [first = ''] = namesIn(folder);
    logged(folder, 20, [30, 40, 50]);
    const files = readEventFiles(folder);
    expect(files.map(stepsOf)).toEqual([
      [10, 20],
      [30, 40, 50],
    ]);
    expect(files.flat().filter(({ values }) => values['config'])).toHaveLength(1);
    expect(files[1]?.slice(0, 2)).toMatchObject([{ version: 'brain.Event:2' }, { step: 21, session: 1 }]);
    expect(namesIn(folder)[0]).toBe(first);
  });

  it('begin again without a checkpoint, in a file that follows though the clock went back', () => {
    const folder = temporaryFolder();
    logged(folder, 0, [10]);
    const later = `events.out.tfevents.${Math.ceil(Date.now() / 1000) + 3600}.host.1.0`;
    renameSync(join(folder, namesIn(folder)[0] as string), join(folder, later));
    logged(folder, 0, [10, 20]);
    expect(readEventFiles(folder).map(stepsOf)).toEqual([[], [10, 20]]);
    expect(namesIn(folder)[0]).toBe(later);
  });

  it('lose the result, which the resumed run writes again', () => {
    const folder = temporaryFolder();
    const log = openTensorBoardLog(folder, 0, 'seed: 1\n', never);
    log.append(10, [{ tag: 'loss', scalar: 1 }]);
    log.appendResult(10, '{}');
    log.close();
    logged(folder, 10, [20]);
    const events = readEventFiles(folder).flat();
    expect([stepsOf(events), events.filter(({ values }) => values['result'])]).toEqual([[10, 20], []]);
  });

  it('of an earlier resumption are cut off too, when a damaged checkpoint sends the run further back', () => {
    const folder = temporaryFolder();
    logged(folder, 0, [10, 20]);
    logged(folder, 20, [30, 40]);
    logged(folder, 10, [20, 30]);
    expect(readEventFiles(folder).map(stepsOf)).toEqual([[10], [], [20, 30]]);
    expect(readEventFiles(folder)[1]).toMatchObject([{ version: 'brain.Event:2' }]);
  });

  it('lose a torn record at each of its bytes without a word', () => {
    const folder = temporaryFolder();
    logged(folder, 0, [10]);
    const file = join(folder, namesIn(folder)[0] as string);
    const { size } = statSync(file);
    appendFileSync(file, readFileSync(file)); // any records: the reader stops at the first torn one
    const whole = readFileSync(file);
    const length = Number(whole.readBigUInt64LE(size)) + 16;
    for (let bytes = 1; bytes < length; bytes++) {
      writeFileSync(file, whole.subarray(0, size + bytes));
      openTensorBoardLog(folder, 10, '', never).close();
      expect(statSync(file).size).toBe(size);
    }
  });

  it('lose what follows a damaged record, with a message', () => {
    const folder = temporaryFolder();
    logged(folder, 0, [10, 20]);
    const file = join(folder, namesIn(folder)[0] as string);
    const bytes = readFileSync(file);
    bytes.writeUInt8((bytes.at(-5) as number) ^ 1, bytes.length - 5);
    writeFileSync(file, bytes);
    const notices: string[] = [];
    logged(folder, 20, [30], (message) => void notices.push(message));
    expect(notices).toEqual([expect.stringMatching(/: damaged at byte \d+, so TensorBoard will lack what follows$/)]);
    expect(readEventFiles(folder).map(stepsOf)).toEqual([[10], [30]]);
  });
});
