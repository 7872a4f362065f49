/** The formats of `mnv4-nas export --to`. */

import { litert } from '#tasks/export/litert/litert';
import { onnx } from '#tasks/export/onnx/onnx';
import { tfjs } from '#tasks/export/tfjs/tfjs';
import { web } from '#tasks/export/web/web';
import type { Exporter } from './exporter.js';
import type { Format } from './formats.js';
import { safetensors } from './safetensors.js';
import { timm } from './timm.js';

export const exporters: Readonly<Record<Format, Exporter>> = { onnx, tfjs, litert, web, timm, safetensors };
