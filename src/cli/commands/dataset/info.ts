import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { manifestSummary, manifestText } from '#cli/terminal/manifest-text';
import { statisticsText } from '#cli/terminal/set-statistics-text';
import { writeAtomically } from '#core/files/files';
import { readManifest } from '#data/sets/manifest';
import { setStatistics } from '#data/sets/set-statistics';
import { contactSheetPng } from '#tasks/report/contact-sheet';
import { setSheet } from '#tasks/report/set-sheet';

export const datasetInfo = defineCommand({
  arguments: [{ name: '<dir>', description: 'the folder of the set' }],
  options: [
    { flag: '--classes', description: 'also count the rows of each class, and the entropy of soft labels; reads all' },
    {
      flag: '--sheet <file>',
      description: 'draw 24 random train images with their classes and soft labels to a PNG file',
    },
    jsonOption,
  ],
  examples: ['mnv4-nas dataset info sets/fashion', 'mnv4-nas dataset info sets/fashion --classes --sheet images.png'],
  async run([folder], { classes, sheet }) {
    const manifest = readManifest(folder);
    if (sheet !== undefined) writeAtomically(sheet, await contactSheetPng(await setSheet(folder)));
    const statistics = classes ? setStatistics(folder, manifest) : undefined;
    return {
      json: { ...manifestSummary(manifest), ...(statistics && { statistics }) },
      text: () =>
        [manifestText(manifest), ...(statistics ? [statisticsText(manifest.classNames, statistics)] : [])].join('\n'),
    };
  },
});
