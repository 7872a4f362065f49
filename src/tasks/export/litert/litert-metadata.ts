/**
 * Metadata of a TensorFlow Lite model as MediaPipe and Android's ML model binding read it: how pixels are normalised, and
 * which file holds the names of the classes.
 */
import { axisLabels, colorSpaces, tfliteMetadataBytes } from '#data/files/tflite-metadata-schema';
import { pixelNorm } from '#networks/space/space';
import type { Exported } from '#tasks/export/exporter';
import { labelsFile } from '#tasks/export/labels';
import { inputName, outputName } from '#tasks/export/ports';

const parserVersion = '1.0.0'; // of the schema, in which all fields below exist
const brightest = 255; // readers normalise pixels of 8 bits

/** Encodes the buffer of the metadata `TFLITE_METADATA`. */
export function litertMetadata({ network, origin, provenance }: Exported): Uint8Array {
  const { mean, std } = pixelNorm(network.input);
  const [color_space, colors] = colorsOf(network.input.channels);
  const normalization = { mean: mean.map((value) => brightest * value), std: std.map((value) => brightest * value) };
  return tfliteMetadataBytes({
    name: network.name,
    description: `${network.name}: ${origin}`,
    version: provenance['program'] ?? '',
    subgraph_metadata: [
      {
        input_tensor_metadata: [
          {
            name: inputName,
            description: `image, ${colors}`,
            content: { content_properties: ['ImageProperties', { color_space }] },
            process_units: [{ options: ['NormalizationOptions', normalization] }],
          },
        ],
        output_tensor_metadata: [
          {
            name: outputName,
            description: 'logits of the classes; a softmax makes probabilities of them',
            content: { content_properties: ['FeatureProperties', {}] },
            associated_files: [{ name: labelsFile, description: 'names of the classes', type: axisLabels }],
          },
        ],
      },
    ],
    min_parser_version: parserVersion,
  });
}

function colorsOf(channels: number): readonly [space: number, text: string] {
  if (channels === 1) return [colorSpaces.grayscale, 'grey'];
  if (channels === 3) return [colorSpaces.rgb, 'RGB'];
  return [colorSpaces.unknown, `${channels} channels`];
}
