import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { manifestSummary, manifestText } from '#cli/terminal/manifest-text';
import { readManifest } from '#data/sets/manifest';

export const datasetInfo = defineCommand({
  arguments: [{ name: '<dir>', description: 'the folder of the set' }],
  options: [jsonOption],
  run([folder]) {
    const manifest = readManifest(folder);
    return { json: manifestSummary(manifest), text: () => manifestText(manifest) };
  },
});
