/** The names of the formats of `mnv4-nas export --to`; `exporters.ts` lists their exporters. */
export const formats = ['onnx', 'tfjs', 'litert', 'web', 'timm', 'safetensors'] as const;
export type Format = (typeof formats)[number];
