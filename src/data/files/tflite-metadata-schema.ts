/**
 * The tables of `metadata_schema.fbs` that describe image classifiers, under its names (version 1.1.0; tensorflow/tflite-
 * support, tensorflow_lite_support/metadata/metadata_schema.fbs at 02e5df0f). MediaPipe, Android's ML model binding and
 * the TensorFlow Lite Support and Task Libraries read them.
 */
import { flatBuffer, type Schema, type Table } from './flat-buffer.js';

export const tfliteMetadataSchema = {
  ModelMetadata: {
    name: [0, 'string'],
    description: [1, 'string'],
    version: [2, 'string'],
    subgraph_metadata: [3, ['SubGraphMetadata']],
    min_parser_version: [7, 'string'],
  },
  SubGraphMetadata: {
    input_tensor_metadata: [2, ['TensorMetadata']],
    output_tensor_metadata: [3, ['TensorMetadata']],
  },
  TensorMetadata: {
    name: [0, 'string'],
    description: [1, 'string'],
    content: [3, 'Content'],
    process_units: [4, ['ProcessUnit']],
    associated_files: [6, ['AssociatedFile']],
  },
  Content: { content_properties: [0, { FeatureProperties: 1, ImageProperties: 2 }] },
  FeatureProperties: {},
  ImageProperties: { color_space: [0, 'byte'] },
  ProcessUnit: { options: [0, { NormalizationOptions: 1 }] },
  NormalizationOptions: { mean: [0, ['float']], std: [1, ['float']] },
  AssociatedFile: { name: [0, 'string'], description: [1, 'string'], type: [2, 'byte'] },
} as const satisfies Schema;

export const colorSpaces = { unknown: 0, rgb: 1, grayscale: 2 } as const; // ColorSpaceType
export const axisLabels = 2; // AssociatedFileType.TENSOR_AXIS_LABELS

export function tfliteMetadataBytes(metadata: Table<typeof tfliteMetadataSchema, 'ModelMetadata'>): Uint8Array {
  return flatBuffer(tfliteMetadataSchema, 'ModelMetadata', metadata, { identifier: 'M001' });
}
