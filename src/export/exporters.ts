/** The formats of `mnv4-nas export --to`. */
import type { Exporter } from './exporter.js';
import { onnx } from './onnx.js';
import { safetensors } from './safetensors.js';
import { tfjs } from './tfjs.js';
import { timm } from './timm.js';

export const formats = ['onnx', 'tfjs', 'timm', 'safetensors'] as const;
export type Format = (typeof formats)[number];

export const exporters: Readonly<Record<Format, Exporter>> = { onnx, tfjs, timm, safetensors };
