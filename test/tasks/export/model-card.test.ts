import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '#networks/tensor/backend';
import { exporters } from '#tasks/export/exporters';
import { formats } from '#tasks/export/formats';
import { modelCard } from '#tasks/export/model-card';
import { smallNetwork } from '#test/tasks/training/small-network';
import { randomExported } from './random-exported.js';

beforeAll(() => void openBackend({ threads: 1 }));

const exported = () => randomExported(smallNetwork());

describe('a model card', () => {
  it.each(formats)('of %s states its content, origin and how to load it', (format) => {
    const card = modelCard(exported(), exporters[format], { fold: false });
    const { title, usage } = exporters[format];
    for (const text of [
      '# small',
      title,
      'Made up for a test.',
      '| program | 1.2.3 |',
      '## Licence',
      usage(exported()),
    ]) {
      expect(card).toContain(text);
    }
    expect(card).toContain('not evaluated');
    expect(card).toContain('3, without names');
  });

  it('states accuracy, classes, folding and batch if they are known', () => {
    const evaluation = { top1: 0.925, n: 1000, top1Interval: [0.9, 0.95] as const };
    const classNames = Array.from({ length: 25 }, (_, k) => `class ${k}`);
    const card = modelCard({ ...exported(), evaluation, classNames }, exporters.onnx, { fold: true, batch: 4 });
    expect(card).toContain('| accuracy | 92.50 % of 1,000 test images (95 % interval 90.00 % to 95.00 %) |');
    expect(card).toContain('class 0, class 1,');
    expect(card).toContain('class 19 and 5 more, in labels.txt.');
    expect(card).toContain('batch norm folded into the weights');
    expect(card).toContain('| batch | 4 |');
  });

  it('shows names verbatim, even if they are Markdown', () => {
    const { network, ...rest } = exported();
    const named = { ...rest, network: { ...network, name: 'a\nb' }, classNames: ['x|y', '*z*', '<b>'] };
    const card = modelCard({ ...named, provenance: { data: 'a | b' } }, exporters.onnx, { fold: true });
    expect(card).toContain('In order: x\\|y, \\*z\\*, \\<b\\>.');
    expect(card).toContain('# a b\n');
    expect(card).toContain('| data | a \\| b |');
  });

  it('states the pixel normalisation, per channel if the channels differ', () => {
    const cardOf = (norm: object) => {
      const { network, ...rest } = exported();
      const input = { ...network.input, ...norm };
      return modelCard({ ...rest, network: { ...network, input } }, exporters.onnx, { fold: true });
    };
    expect(cardOf({})).toContain('`(pixel / 255 - mean) / std`, a mean of 0.5 and a std of 0.5,');
    expect(cardOf({ channels: 2, mean: [0.1, 0.2], std: [1, 1] })).toContain('a mean of 0.1, 0.2 and a std of 1,');
  });
});
