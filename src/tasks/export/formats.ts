/** The names of the formats of `mnv4-nas export --to`; `exporters.ts` lists their exporters. */
export const formats = ['onnx', 'tfjs', 'litert', 'web', 'timm', 'safetensors'] as const;
/** Those that also hold the network in int8. */
export const int8Formats: readonly Format[] = ['onnx', 'litert', 'web'];
export type Format = (typeof formats)[number];
