/** A short Python program that builds a network in timm and loads its weights, strictly. */
import { sidesOf } from '#networks/space/resolution';
import { type NetworkFrame, pixelNorm } from '#networks/space/space';
import type { TimmDefinition } from './definition.js';

/** Files of an export that belong together. */
export const timmFiles = { loader: 'timm_model.py', weights: 'timm.safetensors' } as const;

/** The program's source; it reads the weights from its own folder. */
export function timmLoader({ name, input }: Pick<NetworkFrame, 'name' | 'input'>, definition: TimmDefinition): string {
  const parts = partsOf(definition);
  const { mean, std } = pixelNorm(input);
  const stages = definition.stages.map((blocks) => `    [${blocks.map((block) => `"${block}"`).join(', ')}],\n`);
  return `"""${name.replaceAll(/["\\]/g, '_')} in timm: the same network of timm's own blocks, its weights in ${timmFiles.weights} next to this file.

    pip install timm safetensors
    python ${timmFiles.loader} [IMAGE]      # the five likeliest classes of an image, or of noise
"""

${imports(definition, parts).join('\n')}

CHANNELS, HEIGHT, WIDTH = ${definition.channels}, ${sidesOf(input.resolution).join(', ')}
MEAN, STD = [${mean.join(', ')}], [${std.join(', ')}]
ARCHITECTURE = [
${stages.join('')}]
${parts.endsInAttention ? attentionWithFeatures : ''}

${build(definition, parts)}

${use}`;
}

type Parts = ReturnType<typeof partsOf>;

/** The optional parts of a program. */
function partsOf({ stages, stem }: TimmDefinition) {
  return {
    squeezes: stages.flat().some((block) => block.includes('_se')),
    ownStem: stem.kernel !== 3 || stem.stride !== 2,
    endsInAttention: stages.some((blocks) => /^mqa|^mha/.test(blocks.at(-1) ?? '')),
  };
}

function imports({ model }: TimmDefinition, { squeezes, ownStem, endsInAttention }: Parts): string[] {
  const layers = [...(ownStem ? ['create_conv2d'] : []), 'get_act_layer'];
  const blocks = [...(endsInAttention ? ['MobileAttention'] : []), ...(squeezes ? ['SqueezeExcite'] : [])];
  const builder = ['decode_arch_def', ...(squeezes ? ['round_channels'] : [])];
  return [
    'from functools import partial',
    'from pathlib import Path',
    '',
    'import torch',
    'from safetensors.torch import load_file',
    `from timm.layers import ${layers.join(', ')}`,
    ...(blocks.length > 0 ? [`from timm.models._efficientnet_blocks import ${blocks.join(', ')}`] : []),
    `from timm.models._efficientnet_builder import ${builder.join(', ')}`,
    `from timm.models.${model === 'MobileNetV3' ? 'mobilenetv3' : 'efficientnet'} import ${model}`,
    'from torch import nn',
  ];
}

/** timm asks the last block before a stride for its features, a method that its attention lacks up to 1.0.31. */
const attentionWithFeatures = `
MobileAttention.feature_info = lambda self, location: {"module": "", "num_chs": self.norm.num_features}
`;

function build(definition: TimmDefinition, parts: Parts): string {
  const { model, padding, stem } = definition;
  const given = constructorArguments(definition, parts).map((argument) => `        ${argument},\n`);
  const ownStem = `create_conv2d(CHANNELS, ${stem.out}, ${stem.kernel}, stride=${stem.stride}, padding="${padding}")`;
  return `def build():
    model = ${model}(
${given.join('')}    )
${parts.ownStem ? `    model.conv_stem = ${ownStem}\n` : ''}    return model
`;
}

/** Arguments of timm's constructor, in Python. */
function constructorArguments(definition: TimmDefinition, { squeezes }: Parts): string[] {
  const { model, classes, stem, features, featuresNorm, activation, padding, epsilon, layerScale } = definition;
  const head = featuresNorm ? 'head_norm=True' : 'head_bias=True';
  const squeeze =
    'partial(SqueezeExcite, gate_layer="hard_sigmoid", force_act_layer=nn.ReLU, rd_round_fn=round_channels)';
  return [
    'decode_arch_def(ARCHITECTURE)',
    `num_classes=${classes}`,
    'in_chans=CHANNELS',
    `stem_size=${stem.out}`,
    'fix_stem=True',
    `num_features=${features}`,
    ...(model === 'MobileNetV3' ? [head] : []),
    ...(layerScale ? ['layer_scale_init_value=1e-5'] : []),
    `pad_type="${padding}"`,
    `act_layer=get_act_layer("${activation}")`,
    `norm_layer=partial(nn.BatchNorm2d, eps=${epsilon})`,
    ...(squeezes ? [`se_layer=${squeeze}`] : []),
    'round_chs_fn=int',
  ];
}

const use = `def load(weights=Path(__file__).with_name("${timmFiles.weights}")):
    model = build()
    model.load_state_dict(load_file(weights), strict=True)
    return model.eval()


def pixels(image):
    """An image as the network's input [1, C, H, W]: each channel minus its mean, divided by its deviation."""
    import numpy as np
    from PIL import Image

    loaded = Image.open(image).convert("L" if CHANNELS == 1 else "RGB")
    resized = loaded.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(resized, dtype=np.float32)).reshape(1, HEIGHT, WIDTH, CHANNELS)
    return ((values / 255 - torch.tensor(MEAN)) / torch.tensor(STD)).permute(0, 3, 1, 2)


if __name__ == "__main__":
    import sys

    noise = torch.rand(1, CHANNELS, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        probabilities = load()(pixels(sys.argv[1]) if len(sys.argv) > 1 else noise).softmax(-1)[0]
    for probability, label in zip(*probabilities.topk(min(5, len(probabilities)))):
        print(f"class {int(label)}: {float(probability):.2%}")
`;
