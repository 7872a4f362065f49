/** The state from which quantization-aware training begins, kept in its run so that a resumed run has the same steps. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type NamedTensor, readSafetensors, type Tensors, writeSafetensors } from '#data/files/safetensors';
import type { Images } from '#networks/nn/model';
import type { Architecture } from '#networks/space/space';
import type { Parameters } from '#tasks/export/int8/parameters';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';

export interface Int8Start {
  /** Parameters of each value of the graph, by name. */
  readonly parameters: readonly (readonly [string, Parameters])[];
  /** File with the graph's kernels and biases by name. */
  readonly file: string;
}

/** A network with its weights. */
interface Trained {
  readonly network: Architecture;
  readonly weights: Tensors;
}

const prefix = 'parameters/';

/**
 * Returns the start that a run's folder holds; at first it is a quantization after training.
 *
 * @param images  training images without augmentation
 */
export async function int8Start(folder: string, trained: Trained, images: () => Promise<Images>): Promise<Int8Start> {
  const file = join(folder, 'int8-start.safetensors');
  if (!existsSync(file)) writeStart(file, trained, await images());
  const parameters = [...readSafetensors(file).tensors].filter(([name]) => name.startsWith(prefix));
  return {
    parameters: parameters.map(([name, { values }]) => [name.slice(prefix.length), asParameters(values)]),
    file,
  };
}

function asParameters(values: Float32Array): Parameters {
  return { scale: values[0] as number, zeroPoint: values[1] as number };
}

/** Returns the kernels and biases of a start. */
export function startConstants({ file }: Int8Start): Tensors {
  return new Map([...readSafetensors(file).tensors].filter(([name]) => !name.startsWith(prefix)));
}

function writeStart(file: string, trained: Trained, images: Images): void {
  const { graph, parameters } = quantizedNetwork(trained, images).quantized;
  const tensors = new Map<string, NamedTensor>();
  for (const [name, { shape, values }] of graph.constants)
    if (values instanceof Float32Array) tensors.set(name, { shape, values });
  for (const [name, { scale, zeroPoint }] of parameters)
    tensors.set(`${prefix}${name}`, { shape: [2], values: Float32Array.of(scale, zeroPoint) });
  writeSafetensors(file, tensors);
}
