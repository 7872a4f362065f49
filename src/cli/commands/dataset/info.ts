import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { manifestSummary, manifestText } from '#cli/terminal/manifest-text';
import { statisticsText } from '#cli/terminal/set-statistics-text';
import { readManifest } from '#data/sets/manifest';
import { setStatistics } from '#data/sets/set-statistics';

export const datasetInfo = defineCommand({
  arguments: [{ name: '<dir>', description: 'the folder of the set' }],
  options: [
    { flag: '--classes', description: 'also count the rows of each class, and the entropy of soft labels; reads all' },
    jsonOption,
  ],
  run([folder], { classes }) {
    const manifest = readManifest(folder);
    const statistics = classes ? setStatistics(folder, manifest) : undefined;
    return {
      json: { ...manifestSummary(manifest), ...(statistics && { statistics }) },
      text: () =>
        [manifestText(manifest), ...(statistics ? [statisticsText(manifest.classNames, statistics)] : [])].join('\n'),
    };
  },
});
