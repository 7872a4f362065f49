import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { manifestSummary, rowsText } from '#cli/terminal/manifest-text';
import { Failure } from '#core/failure';
import { verifyDistillationSet } from '#data/sets/verify';

export const datasetVerify = defineCommand({
  arguments: [{ name: '<dir>', description: 'the folder of the set' }],
  options: [jsonOption],
  examples: ['mnv4-nas dataset verify sets/fashion', 'mnv4-nas dataset verify sets/fashion --json'],
  async run([folder]) {
    const { manifest, damage } = await verifyDistillationSet(folder);
    const ok = damage.length === 0;
    const remedy = 'run its `mnv4-nas dataset build` again: it rebuilds damaged shards';
    return {
      json: { ok, ...manifestSummary(manifest), damage },
      text: () => (ok ? `${folder}: ${manifest.shards.length} shards, ${rowsText(manifest)}: no damage` : ''),
      failure: ok ? undefined : new Failure('data', damage, remedy),
    };
  },
});
