import { describe, expect, it } from 'vitest';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { close } from '#networks/space/space';
import { findDevice } from '#networks/zoo/shipped';
import {
  chooseSpace,
  chooseTeacher,
  latenciesOf,
  likelyDecisionsAt,
  macsOf,
  reaches,
  spaceAt,
} from '#tasks/project/init/choose-space';
import { templateSpace, templateTeacher } from '#tasks/project/init/space-template';

const pixel = readDevice(findDevice('pixel-6-cpu'));
const photos = { channels: 3, classes: 5, largest: 256 };

describe('the choice of a space', () => {
  it.each([0.05, 0.1, 0.3, 1, 2, 5, 15])('for %s ms holds the target, near the middle of its latencies', (targetMs) => {
    const choice = chooseSpace(photos, pixel, targetMs);
    expect(reaches(choice, targetMs)).toBe(true);
    expect(choice.median / targetMs).toBeGreaterThan(0.5);
    expect(choice.median / targetMs).toBeLessThan(1.5);
  });

  it('gives more resolution to slower networks, and never more than the images have', () => {
    const at = (targetMs: number, largest = 256) =>
      chooseSpace({ ...photos, largest }, pixel, targetMs).template.resolution;
    expect(at(0.1)).toBeLessThan(at(2));
    expect(at(2)).toBeGreaterThanOrEqual(160);
    expect(at(2, 64)).toBe(64);
    expect(at(0.1, 28)).toBe(28);
  });

  it('at a given resolution widens the networks until half of them are slower than the target', () => {
    const [narrow, wide] = [0.3, 3].map((targetMs) => spaceAt(96, photos, pixel, targetMs));
    expect(narrow?.template.width).toBeLessThan(wide?.template.width as number);
    expect(wide?.median).toBeCloseTo(3, 0);
  });

  it('states the latencies of the cheapest and the costliest architecture exactly', () => {
    const { template, least, most } = latenciesOf({ resolution: 32, channels: 3, classes: 4, width: 1 }, pixel);
    const space = templateSpace(template);
    const msOf = (option: (n: number) => number) =>
      latencyMs(
        close(
          space,
          space.choices.map(({ options }) => option(options.length)),
        ),
        pixel,
      );
    expect(least).toBeCloseTo(
      msOf(() => 0),
      10,
    );
    expect(most).toBeCloseTo(
      msOf((n) => n - 1),
      10,
    );
  });
});

describe('the teacher', () => {
  it('has two to four times the multiply-accumulates of a network at the target', () => {
    for (const targetMs of [0.1, 0.5, 2]) {
      const { template } = chooseSpace(photos, pixel, targetMs);
      const space = templateSpace(template);
      const network = close(space, likelyDecisionsAt(space, pixel, targetMs));
      const ratio = macsOf(templateTeacher(chooseTeacher(template, network))) / macsOf(network);
      expect(ratio).toBeGreaterThan(2);
      expect(ratio).toBeLessThan(4);
    }
  });
});
