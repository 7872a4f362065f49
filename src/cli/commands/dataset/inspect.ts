import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { inspectionText } from '#cli/terminal/inspection-text';
import { standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { suggestion } from '#core/nearest';
import { inspectImages } from '#data/images/inspect/inspect-images';
import { type SourceFormat, sourceFormats } from '#data/images/source-format';

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
    const reporter = standardReporter();
    try {
      const onRead = (step: number, steps: number) => {
        if (step % 500 === 0) reporter.progress({ stage: 'dataset inspect', step, steps });
      };
      const source = format === undefined ? { folder } : { format, folder };
      const inspected = await inspectImages(source, '.', { onRead });
      return { json: inspected, text: () => inspectionText(inspected) };
    } finally {
      reporter.close();
    }
  },
});

function isFormat(name: string): name is SourceFormat {
  return (sourceFormats as readonly string[]).includes(name);
}
