/** The commands by name, each with its line in `--help`; the code of a command is loaded only when it is used. */
import type { CommandTable } from '#cli/arguments/command-spec';

/** Command lines for `mnv4-nas --help`. */
export const examples = [
  'mnv4-nas search configs/quickstart.yaml --run-id quickstart',
  'mnv4-nas runs show quickstart-fine',
  'mnv4-nas init photos --device pixel-6-cpu --target-ms 2',
];

export const commandTable: CommandTable = {
  init: {
    summary: 'look at a folder of images and write a project for them',
    load: async () => (await import('#cli/commands/init')).init,
  },
  coarse: {
    summary: 'search filter sizes, with every block an inverted bottleneck',
    load: async () => (await import('#cli/commands/stages')).coarse,
  },
  fine: {
    summary: "search the depthwise layers of a coarse result's blocks",
    load: async () => (await import('#cli/commands/stages')).fine,
  },
  search: {
    summary: 'run both stages, and make first whatever they lack',
    load: async () => (await import('#cli/commands/search')).search,
  },
  study: {
    summary: 'compare search strategies by training their results alone',
    load: async () => (await import('#cli/commands/study')).study,
  },
  rank: {
    summary: 'check whether a SuperNet ranks architectures correctly',
    load: async () => (await import('#cli/commands/rank')).rank,
  },
  train: {
    summary: 'train one network from scratch and evaluate it',
    load: async () => (await import('#cli/commands/train')).train,
  },
  eval: {
    summary: 'evaluate a trained network on a split of a distillation set',
    load: async () => (await import('#cli/commands/eval')).evalNetwork,
  },
  export: {
    summary: 'export to ONNX, LiteRT, web, timm, TensorFlow.js or safetensors',
    load: async () => (await import('#cli/commands/export')).exportNetwork,
  },
  dataset: {
    summary: 'fetch and inspect images; preview, build and verify distillation sets',
    examples: [
      'mnv4-nas dataset fetch fashion-mnist',
      'mnv4-nas dataset build configs/recipes/fashion-mnist.dataset.yaml',
    ],
    commands: {
      fetch: {
        summary: 'download a small image data set',
        load: async () => (await import('#cli/commands/dataset/fetch')).datasetFetch,
      },
      inspect: {
        summary: 'look at images before they are used',
        load: async () => (await import('#cli/commands/dataset/inspect')).datasetInspect,
      },
      build: {
        summary: 'build a distillation set',
        load: async () => (await import('#cli/commands/dataset/build')).datasetBuild,
      },
      preview: {
        summary: 'draw a sheet of images and their augmented copies',
        load: async () => (await import('#cli/commands/dataset/preview')).datasetPreview,
      },
      info: {
        summary: 'show what a distillation set contains and how it was made',
        load: async () => (await import('#cli/commands/dataset/info')).datasetInfo,
      },
      verify: {
        summary: 'check every file of a distillation set for damage',
        load: async () => (await import('#cli/commands/dataset/verify')).datasetVerify,
      },
    },
  },
  describe: {
    summary: 'show what a network or search space consists of and costs',
    load: async () => (await import('#cli/commands/describe')).describe,
  },
  measure: {
    summary: 'measure the latency of networks on this machine',
    load: async () => (await import('#cli/commands/measure')).measure,
  },
  roofline: {
    summary: 'compare the latency of networks on all devices at once',
    load: async () => (await import('#cli/commands/roofline')).roofline,
  },
  calibrate: {
    summary: 'fit a device profile to measured latencies',
    load: async () => (await import('#cli/commands/calibrate')).calibrate,
  },
  runs: {
    summary: 'list, show, watch, serve, report, export and remove runs',
    examples: ['mnv4-nas runs list', 'mnv4-nas runs show quickstart-fine'],
    commands: {
      list: {
        summary: 'list all runs, one per line',
        load: async () => (await import('#cli/commands/runs/list')).runsList,
      },
      show: {
        summary: 'show the progress and result of a run',
        load: async () => (await import('#cli/commands/runs/show')).runsShow,
      },
      watch: {
        summary: 'print the events of runs in progress as they are written',
        load: async () => (await import('#cli/commands/runs/watch')).runsWatch,
      },
      serve: {
        summary: 'serve a page that follows runs while they are in progress',
        load: async () => (await import('#cli/commands/runs/serve')).runsServe,
      },
      report: {
        summary: 'write an HTML page about one or more searches',
        load: async () => (await import('#cli/commands/runs/report')).runsReport,
      },
      export: {
        summary: 'write the logs of runs as CSV or Parquet',
        load: async () => (await import('#cli/commands/runs/export')).runsExport,
      },
      prune: {
        summary: 'remove runs by age, state and rank',
        load: async () => (await import('#cli/commands/runs/prune')).runsPrune,
      },
    },
  },
  job: {
    summary: 'write searches as jobs of a cluster',
    examples: [
      'mnv4-nas job slurm configs/cifar10.yaml --seeds 5',
      'mnv4-nas job k8s configs/cifar10.yaml --image registry.example/mnv4-nas:1',
    ],
    commands: {
      slurm: {
        summary: 'write a search as sbatch scripts for Slurm',
        load: async () => (await import('#cli/commands/job/slurm')).jobSlurm,
      },
      k8s: {
        summary: 'write a search as Kubernetes manifests',
        load: async () => (await import('#cli/commands/job/k8s')).jobK8s,
      },
    },
  },
  validate: {
    summary: 'check configs, spaces, recipes and devices for mistakes',
    load: async () => (await import('#cli/commands/validate')).validate,
  },
  completion: {
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('#cli/commands/completion')).completionOf(commandTable),
  },
  setup: {
    summary: 'install native TensorFlow, compiled for this machine',
    load: async () => (await import('#cli/commands/setup')).setup,
  },
  doctor: {
    summary: 'check whether this machine can run a search',
    load: async () => (await import('#cli/commands/doctor')).doctor,
  },
};
