// The Python environment of the proof: the programs that write the shards.
import { pythonEnvironment } from '../../python/environment.mjs';

export const containersEnvironment = pythonEnvironment('containers', {
  datasets: '5.2.0',
  webdataset: '1.0.2',
  pyarrow: '26.0.1',
  'tensorflow-cpu': '2.21.0',
  pillow: '13.0.0',
});
