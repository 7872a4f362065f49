/** The names of the formats of `mnv4-nas export --to`; `exporters.ts` lists their exporters. */
import { Failure } from '#core/failure';

export const formats = ['onnx', 'tfjs', 'litert', 'web', 'timm', 'safetensors'] as const;
export type Format = (typeof formats)[number];

/** Those that also hold the network in int8. */
export const int8Formats: readonly Format[] = ['onnx', 'litert', 'web'];

/** @param option  that asks for int8 */
export function requireInt8(given: Format, option: string): void {
  if (int8Formats.includes(given)) return;
  throw new Failure('usage', `${option}: expected ${int8Formats.join(' or ')}; got ${given}`);
}
