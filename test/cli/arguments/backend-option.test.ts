import { describe, expect, it } from 'vitest';
import { datasetBuild } from '#cli/commands/dataset/build';
import { evalNetwork } from '#cli/commands/eval';
import { search } from '#cli/commands/search';
import { coarse, fine } from '#cli/commands/stages';
import { train } from '#cli/commands/train';
import { withJobContext } from '#cli/process/job-context';

describe('--backend', () => {
  it.each(Object.entries({ coarse, fine, search, train, evalNetwork, datasetBuild }))(
    'is an option of %s, native by default',
    (_, { options }) => {
      const option = options.find(({ flag }) => flag.startsWith('--backend'));
      expect(option).toMatchObject({ choices: ['tensorflow', 'cpu'], default: 'tensorflow' });
    },
  );

  it('cpu computes in plain JavaScript, and the run records that', async () => {
    const noted = await withJobContext({ count: 1, backend: 'cpu' }, async ({ environment }) => environment);
    expect(noted).toMatchObject({ backend: 'cpu', tensorflow: 'TensorFlow.js 4.22.0', gpu: false });
  });
});
