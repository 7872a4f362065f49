/** Flat vectors split by weight name and joined again, as checkpoints and results store them. */
import type { NamedTensor } from '#data/files/safetensors';
import { sizeOf } from '#networks/tensor/backend';
import type { FlatVariable } from './flat-variable.js';
import type { WeightLayout } from './weight-layout.js';

/** Each weight's part of each vector, as `vector/name`; views of fresh copies. */
export function namedTensors(
  layout: WeightLayout,
  vectors: ReadonlyMap<string, FlatVariable>,
): Map<string, NamedTensor> {
  return new Map([...vectors].flatMap(([vector, variable]) => [...weightTensors(layout, variable, `${vector}/`)]));
}

/** Each weight's part of one vector, by its name; views of a fresh copy. */
export function weightTensors(layout: WeightLayout, variable: FlatVariable, prefix = ''): Map<string, NamedTensor> {
  const values = variable.values();
  const tensors = [...layout.specs.values()].map(({ name, shape, offset }) => {
    return [`${prefix}${name}`, { shape, values: values.subarray(offset, offset + sizeOf(shape)) }] as const;
  });
  return new Map(tensors);
}

/** Writes saved parts back into the vectors; throws if one is missing or has another size. */
export function restoreTensors(
  layout: WeightLayout,
  vectors: ReadonlyMap<string, FlatVariable>,
  tensors: ReadonlyMap<string, NamedTensor>,
): void {
  for (const [vector, variable] of vectors) writeTensors(layout, variable, tensors, `${vector}/`);
}

/** Writes parts back into one vector; throws if one is missing or has another size. */
export function writeTensors(
  layout: WeightLayout,
  variable: FlatVariable,
  tensors: ReadonlyMap<string, NamedTensor>,
  prefix = '',
): void {
  const values = new Float32Array(layout.size);
  for (const { name, shape, offset } of layout.specs.values()) {
    const part = tensors.get(`${prefix}${name}`);
    if (part?.values.length !== sizeOf(shape)) throw new Error(`the saved state has no ${prefix}${name} of that size`);
    values.set(part.values, offset);
  }
  variable.write(values);
}

/** The first entries of a tensor along every axis, in the given shape. */
export function sliced({ shape: whole, values }: NamedTensor, shape: readonly number[]): NamedTensor {
  const part = new Float32Array(sizeOf(shape));
  const copied = (axis: number, from: number, to: number): void => {
    const [extent, used] = [whole.slice(axis + 1), shape.slice(axis + 1)].map(sizeOf) as [number, number];
    const isLast = axis === shape.length - 1;
    if (isLast) part.set(values.subarray(from, from + (shape[axis] as number)), to);
    else for (let i = 0; i < (shape[axis] as number); i++) copied(axis + 1, from + i * extent, to + i * used);
  };
  copied(0, 0, 0);
  return { shape, values: part };
}
