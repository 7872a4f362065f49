import { describe, expect, it } from 'vitest';
import { datasetCommand } from '#cli/commands/dataset';
import { coarseCommand, fineCommand, searchCommand } from '#cli/commands/search';
import { evalCommand, trainCommand } from '#cli/commands/train';
import { working } from '#cli/process/working';

const noTeachers = () => Promise.reject(new Error('no teacher is loaded here'));
const build = datasetCommand({ loadTeachers: noTeachers }).commands.find((command) => command.name() === 'build')!;

describe('--backend', () => {
  it('is an option of every command that computes, native unless said otherwise', () => {
    for (const command of [coarseCommand(), fineCommand(), searchCommand(), trainCommand(), evalCommand(), build]) {
      const option = command.options.find(({ long }) => long === '--backend');
      expect(option, command.name()).toMatchObject({ argChoices: ['tensorflow', 'cpu'], defaultValue: 'tensorflow' });
    }
  });

  it('cpu computes in plain JavaScript, which the run notes', async () => {
    const noted = await working({ count: 1, backend: 'cpu' }, async ({ environment }) => environment);
    expect(noted).toMatchObject({ backend: 'cpu', tensorflow: 'TensorFlow.js 4.22.0', gpu: false });
  });
});
