import { describe, expect, it } from 'vitest';
import { ridgeSweep } from '#tasks/devices/ridge-sweep';
import { rooflineChart } from '#tasks/report/roofline-chart';
import { rooflinePage } from '#tasks/report/roofline-page';
import { rooflineTables } from '#tasks/report/roofline-tables';
import { svgOf } from '#tasks/report/svg';

const load = (macs: number, weightBytes: number) => ({ name: 'l', macs, weightBytes, activationBytes: 0 });
const contenders = [
  { name: 'conv', loads: [load(1000, 10)], top1: 0.7 },
  { name: 'fc & more', loads: [load(100, 100)], top1: 0.8 },
  { name: 'unknown', loads: [load(5000, 1)], top1: null },
];
const sweep = ridgeSweep(contenders, [0, 1, 5, 10, 20, 50, 100]);

describe('a sweep', () => {
  it('is drawn by order of magnitude: latencies on top, then distances from the front, then the front', async () => {
    const svg = await svgOf(rooflineChart(sweep));
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    for (const text of [
      'latency / fastest',
      'latency / fastest as accurate',
      'on the Pareto front',
      'fc &amp; more',
      'unknown',
    ]) {
      expect(svg).toContain(text);
    }
    expect(svg.match(/ridge point, MACs per byte<\/text>/g)).toHaveLength(9);
  });

  it('with very many ridge points is drawn', () => {
    const points = Array.from({ length: 70_000 }, (_, i) => i);
    const { vconcat } = rooflineChart(ridgeSweep(contenders, points)) as { vconcat: readonly unknown[] };
    expect(vconcat).toHaveLength(3);
  });

  it('without accuracies is drawn without a front', async () => {
    const svg = await svgOf(rooflineChart(ridgeSweep([contenders[2]!], [0, 100])));
    expect(svg).not.toContain('fastest as accurate');
  });

  it('is printed in tables', () => {
    const [latencies, front, leaders] = rooflineTables(sweep, contenders).map(({ rows }) => rows);
    expect(latencies).toEqual([
      ['network', 'top-1', 'at 0', 'at 1', 'at 10', 'at 100'],
      ['conv', '70.0 %', '10.00', '10.00', '1.00', '1.00'],
      ['fc & more', '80.0 %', '1.00', '1.00', '1.00', '10.00'],
      ['unknown', '-', '50.00', '50.00', '5.00', '5.00'],
    ]);
    expect(front).toEqual([
      ['network', '0 to 1', '1 to 10', '10 to 100', 'on the Pareto front at'],
      ['conv', '10.00', '10.00', '1.00', '20 to 100'],
      ['fc & more', '1.00', '1.00', '1.00', '0 to 100'],
      ['unknown', '-', '-', '-', '-'],
    ]);
    expect(leaders).toEqual([
      ['ridge points', 'network'],
      ['0 to 5', 'fc & more'],
      ['10 to 100', 'conv'],
    ]);
  });

  it('is a page that needs no other file', async () => {
    const page = rooflinePage('Sweep <1>', await svgOf(rooflineChart(sweep)), rooflineTables(sweep, contenders));
    expect(page).toContain('<h1>Sweep &lt;1&gt;</h1>\n<svg ');
    expect(page).toContain('<td>fc &amp; more</td><td class="number">80.0 %</td>');
    expect(page).not.toMatch(/<(script|link|img)|(src|href)="/);
  });
});
