/** A network to export and the interface of a format that writes it; `exporters.ts` lists the formats. */
import type { FileContent } from '#core/files/whole-folder';
import type { Tensors } from '#data/files/safetensors';
import type { Images } from '#networks/nn/model';
import type { Architecture } from '#networks/space/space';
import type { Calibration } from './int8/calibrate.js';

/** A network with its weights and the facts that users of the files need. */
export interface Exported {
  readonly network: Architecture;
  /** Under our names, in our layout, with the statistics `mean` and `variance` of each batch norm. */
  readonly weights: Tensors;
  /** A name for each class; undefined if the classes have no names. */
  readonly classNames?: readonly string[] | undefined;
  /** Share of the shorter side that the evaluation sees; undefined if its images had the network's size, or are unknown. */
  readonly centralCrop?: number | undefined;
  readonly params: number;
  readonly macs: number;
  /** Accuracy on the test images of its training. */
  readonly evaluation?:
    | { readonly top1: number; readonly n: number; readonly top1Interval: readonly [number, number] }
    | undefined;
  /** Origin of the weights, in a sentence without its full stop. */
  readonly origin: string;
  /** Known facts about program, run, recipe and data. */
  readonly provenance: Readonly<Record<string, string>>;
}

export interface ExportOptions {
  /** True to fold batch norm into the weights before it. */
  readonly fold: boolean;
  /** Fixed batch size; undefined leaves it to the user of the network. */
  readonly batch?: number | undefined;
  /** The network in int8, which formats with `int8` write too. */
  readonly int8?: Calibration | undefined;
  /** The evaluation of that on test images, if any, which the folder records. */
  readonly int8Evaluation?: Int8Figures | undefined;
}

/** Accuracy of a network in int8. */
export interface Int8Figures {
  /** Program that computed the logits. */
  readonly runtime: string;
  readonly evaluation: { readonly top1: number; readonly n: number; readonly top1Interval: readonly [number, number] };
  /** Share of the images with the same class on top as in float32. */
  readonly agreement: number;
}

/** Images on which an export is checked. */
export interface TrialImages extends Images {
  /** Images per call; `n` is a multiple of it. */
  readonly batch: number;
}

export interface Exporter {
  /** Description of the format, for the model card. */
  readonly title: string;
  /** Order of the input's axes. */
  readonly layout: 'NCHW' | 'NHWC';
  /** True if the files hold a graph, in which batch norm may be folded and the batch fixed; false if weights alone. */
  readonly isGraph: boolean;
  /** The only batch size of the files; undefined if users choose it. */
  readonly batch?: number;
  /** Returns the model's files; labels, preprocessing, architecture and card are added to them. */
  files(exported: Exported, options: ExportOptions): Promise<readonly FileContent[]>;
  /** Returns instructions for loading the files, in Markdown. */
  usage(exported: Exported): string;
  /** Requires that `logits` can run here; a backend failure if its runtime is not installed. */
  requireRuntime?(): void;
  /** Computes logits from the files in a folder with the runtime of their users. */
  logits(folder: string, exported: Exported, images: TrialImages): Promise<ExportedLogits>;
  /** The model's file in int8; undefined for formats without one. */
  readonly int8?: Int8File;
}

export interface Int8File {
  readonly name: string;
  /** Like the exporter's `logits`, from this file. */
  logits(folder: string, exported: Exported, images: TrialImages): Promise<ExportedLogits>;
}

export interface ExportedLogits {
  /** Program that computed the logits. */
  readonly runtime: string;
  /** Logits [n, K] by each of the runtime's ways to compute them. */
  readonly logits: readonly Float32Array[];
  /** Operators that a delegate of the runtime executes, and all; absent for runtimes without delegates. */
  readonly delegated?: { readonly to: string; readonly ops: number; readonly of: number };
}
