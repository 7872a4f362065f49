/**
 * The library: what `import … from 'mnv4-nas'` offers. Networks, spaces, configs and devices are named as on the command
 * line; results are plain data. All else of the package is internal.
 */
export {
  describe,
  estimateLatency,
  type NetworkDescription,
  type Resolution,
  type SpaceDescription,
  type SpacePoint,
} from './describe.js';
export { type Diagnostic, type Failure, isFailure } from './failure.js';
export type { JobOptions, Progress } from './job-options.js';
export { type SearchResult, type StageResult, search } from './search.js';
export {
  type EvaluateOptions,
  type Evaluation,
  type ExportOptions,
  evaluate,
  exportNetwork,
  type Format,
  type TrainedNetwork,
  train,
} from './train.js';
