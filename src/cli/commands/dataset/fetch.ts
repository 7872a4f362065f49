import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { suggestion } from '#core/nearest';
import { type DatasetName, datasetNames, datasets } from '#data/images/datasets';
import { fetchDataset } from '#data/images/fetch/fetch';
import { datasetFolder } from '#data/images/open-source';

export const datasetFetch = defineCommand({
  arguments: [{ name: '<name>', description: `the data set: ${datasetNames.join(', ')}`, suggests: datasetNames }],
  options: [{ flag: '--to <dir>', description: 'the folder for its files (default: in the cache)' }, jsonOption],
  examples: ['mnv4-nas dataset fetch fashion-mnist', 'mnv4-nas dataset fetch cifar10 --to images'],
  async run([name], { to }) {
    if (!isDatasetName(name)) {
      const expected = `expected one of ${datasetNames.join(', ')}`;
      throw new Failure('usage', `dataset fetch: ${expected}; got ${name}${suggestion(name, datasetNames)}`);
    }
    const reporter = standardReporter();
    const fetched = await fetchDataset(datasets[name], to ?? datasetFolder(name), reporter.note);
    if (!fetched.official) reporter.warn(`${name}: ${fetched.provenance}`);
    const { folder, origin } = fetched;
    const where = origin === undefined ? 'already present, verified' : `from ${origin}, verified`;
    return { json: { name, ...fetched, origin: origin ?? null }, text: () => `${folder} (${where})` };
  },
});

function isDatasetName(name: string): name is DatasetName {
  return (datasetNames as readonly string[]).includes(name);
}
