import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { inspectionText } from '#cli/terminal/inspection-text';
import { Failure } from '#core/failure';
import { suggestion } from '#core/nearest';
import { type SourceFormat, sourceFormats } from '#data/images/source-format';
import { inspectWithProgress } from '../inspect-with-progress.js';

export const datasetInspect = defineCommand({
  description: 'look at images before they are used: classes, counts, sizes, duplicates and broken files',
  arguments: [{ name: '<folder>', description: 'the folder of the images, or one file of them' }],
  options: [
    {
      flag: '--format <format>',
      description: `the format of the files: ${sourceFormats.join(', ')} (default: found by what is there)`,
      suggests: sourceFormats,
    },
    jsonOption,
  ],
  examples: ['mnv4-nas dataset inspect photos', 'mnv4-nas dataset inspect photos --format folder --json'],
  async run([folder], { format }) {
    if (format !== undefined && !isFormat(format)) {
      const expected = `expected one of ${sourceFormats.join(', ')}`;
      throw new Failure('usage', `--format: ${expected}; got ${format}${suggestion(format, sourceFormats)}`);
    }
    const source = format === undefined ? { folder } : { format, folder };
    const inspected = await inspectWithProgress(source, 'dataset inspect');
    return { json: inspected, text: () => inspectionText(inspected) };
  },
});

function isFormat(name: string): name is SourceFormat {
  return (sourceFormats as readonly string[]).includes(name);
}
