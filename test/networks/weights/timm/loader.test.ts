import { describe, expect, it } from 'vitest';
import { timmDefinition } from '#networks/weights/timm/definition';
import { timmLoader } from '#networks/weights/timm/loader';
import { everyKind, network } from './networks.js';

describe('the program that loads a network in timm', () => {
  it('builds it of the same blocks with our conventions, and loads it strictly', () => {
    const program = timmLoader(everyKind, timmDefinition(everyKind));
    expect(program).toContain('    ["dsa_r1_k3_s2_c40", "ir_r1_k5_s1_e2.5_c40_se0.25_nhs", "ds_r1_k3_s1_e1_c48"],');
    for (const argument of [
      'num_features=80',
      'head_bias=True',
      'layer_scale_init_value=1e-5',
      'pad_type="same"',
      'norm_layer=partial(nn.BatchNorm2d, eps=0.001)',
      'se_layer=partial(SqueezeExcite, gate_layer="hard_sigmoid"',
    ]) {
      expect(program).toContain(argument);
    }
    expect(program).toContain('load_state_dict(load_file(weights), strict=True)');
    expect(program).not.toContain('create_conv2d');
  });

  it('resizes images to the height and width of the network, which Pillow takes the other way round', () => {
    const wide = { ...everyKind, input: { ...everyKind.input, resolution: { height: 64, width: 96 } } };
    const program = timmLoader(wide, timmDefinition(wide));
    expect(program).toContain('CHANNELS, HEIGHT, WIDTH = 3, 64, 96');
    expect(program).toContain('loaded.resize((WIDTH, HEIGHT)');
    expect(program).toContain('.reshape(1, HEIGHT, WIDTH, CHANNELS)');
  });

  it("replaces a stem that is not timm's", () => {
    const small = network('stages: [{ blocks: [{ kind: conv, kernel: 5, out: 8 }] }]\nhead: { conv: 16, hidden: 8 }');
    expect(timmLoader(small, timmDefinition(small))).toContain(
      'model.conv_stem = create_conv2d(CHANNELS, 8, 5, stride=1, padding="same")',
    );
  });
});
