import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEventLog, readEvents, readNumberedEvents, streamedEvents } from '#jobs/runs/event-log';
import { temporaryFolder } from './run-fixture.js';

function logged(file: string, from: number | undefined, ...steps: number[]): void {
  const log = openEventLog(file, from);
  for (const step of steps) log.append({ step, loss: 1 / step });
  log.flush();
  log.close();
}

describe('an event log', () => {
  it('holds one JSON line per event', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    logged(file, undefined, 1, 2);
    expect(readFileSync(file, 'utf8')).toBe('{"step":1,"loss":1}\n{"step":2,"loss":0.5}\n');
  });

  it('of a run that was killed and resumed equals an undisturbed one, with or without a torn line', () => {
    const folder = temporaryFolder();
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    logged(whole, undefined, 10, 20, 30, 40, 50);
    logged(killed, undefined, 10, 20, 30, 40);
    appendFileSync(killed, '{"step":50,"lo');
    logged(killed, 20, 30, 40, 50);
    expect(readFileSync(killed, 'utf8')).toBe(readFileSync(whole, 'utf8'));
  });

  it('drops a torn line even if it comes after the step resumed from', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    writeFileSync(file, '{"step":1}\n{"step":');
    logged(file, 1, 2);
    expect(readEvents(file)).toEqual([{ step: 1 }, { step: 2, loss: 0.5 }]);
  });

  it('keeps a last line that lacks only its line end', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    writeFileSync(file, '{"step":1}');
    logged(file, 1, 2);
    expect(readEvents(file)).toHaveLength(2);
  });

  it('reports which lines before its end are damaged, and drops them', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    const lines = ['{"step":1}', '{"stop":2}', '{"step":-3}', 'null', '{"step":5}', '{"st'];
    writeFileSync(file, Buffer.concat([Buffer.from(lines.join('\n'))]));
    const notices: string[] = [];
    openEventLog(file, 9, (notice) => notices.push(notice)).close();
    expect(notices).toEqual([2, 3, 4].map((line) => `${file}:${line}: damaged, so this line is left out`));
    expect(readEvents(file)).toEqual([{ step: 1 }, { step: 5 }]);
  });

  it('begins empty without a step to resume from', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    logged(file, undefined, 1, 2);
    logged(file, undefined);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('can be read while it is written, without a torn line', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    writeFileSync(file, '{"step":1}\n{"step":2}\n{"st');
    expect(readEvents(file)).toEqual([{ step: 1 }, { step: 2 }]);
    expect(readEvents(join(file, '..', 'none.jsonl'))).toEqual([]);
  });
});

describe('a streamed log', () => {
  it('has the lines of a log that is read as a whole, also lines longer than a piece, damaged ones and a torn end', () => {
    const file = join(temporaryFolder(), 'events.jsonl');
    const lines = Array.from({ length: 60_000 }, (_, step) => JSON.stringify({ step, loss: 1 / (step + 1) }));
    lines[100] = JSON.stringify({ step: 100, text: 'é'.repeat(2 ** 20) }); // of 2 MiB
    lines[50_000] = '{"step":';
    writeFileSync(file, `${lines.join('\n')}\n{"step":60000`);
    const notices: string[][] = [[], []];
    const whole = readNumberedEvents(file, (message) => notices[0]?.push(message));
    const streamed = [...streamedEvents(file, (message) => notices[1]?.push(message))];
    expect(streamed).toHaveLength(59_999);
    expect(streamed).toEqual(whole.map(({ number, line }) => ({ number, line })));
    expect(notices[1]).toEqual([`${file}:50001: damaged, so this line is left out`]);
    expect(notices[1]).toEqual(notices[0]);
    expect([...streamedEvents(`${file}.missing`, () => {})]).toEqual([]);
  });
});
