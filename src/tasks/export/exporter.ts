/** What is exported, and what a format makes of it. Formats stand in the table of `exporters.ts`. */
import type { FileContent } from '#core/files/whole-folder';
import type { Tensors } from '#data/files/safetensors';
import type { Images } from '#networks/nn/model';
import type { Architecture } from '#networks/space/space';

/** A network with its weights, and what whoever uses the files must know. */
export interface Exported {
  readonly network: Architecture;
  /** In our names and layout; of each batch norm its statistics `mean` and `variance` too. */
  readonly weights: Tensors;
  /** As many as the network has classes; undefined where nobody named them. */
  readonly classNames?: readonly string[] | undefined;
  readonly params: number;
  readonly macs: number;
  /** What it reached on the test images of its training. */
  readonly evaluation?:
    | { readonly top1: number; readonly n: number; readonly top1Interval: readonly [number, number] }
    | undefined;
  /** Where the weights come from, in a sentence. */
  readonly origin: string;
  /** Program, run, recipe, data: what is known of them. */
  readonly provenance: Readonly<Record<string, string>>;
}

export interface ExportOptions {
  /** Whether batch norm goes into the weights before it. */
  readonly fold: boolean;
  /** Images at a time; undefined leaves that to whoever runs the network. */
  readonly batch?: number | undefined;
  /**
   * Training images of the network, from which a format with integer activations learns their ranges; read only when asked
   * for, and missing where the network comes without images. The formats in float32 ask for none.
   */
  readonly calibration?: (() => Promise<Images>) | undefined;
}

/** Images that an export is tried on. */
export interface TrialImages extends Images {
  /** As many as are given at a time; `n` is a multiple of it. */
  readonly batch: number;
}

export interface Exporter {
  /** What the format is, for the model card. */
  readonly title: string;
  /** Order of the input's axes. */
  readonly layout: 'NCHW' | 'NHWC';
  /** Whether it holds a graph, in which batch norm may be folded and the batch fixed; else weights alone. */
  readonly isGraph: boolean;
  /** The model's files; labels, preprocessing, architecture and card are added to them. */
  files(exported: Exported, options: ExportOptions): Promise<readonly FileContent[]>;
  /** How the files are loaded, in Markdown. */
  usage(exported: Exported): string;
  /** Logits [n, K] of the files in a folder, computed by whoever is to use them, and who that is. */
  logits(folder: string, exported: Exported, images: TrialImages): Promise<{ logits: Float32Array; runtime: string }>;
}
