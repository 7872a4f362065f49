/** Search spaces and teachers for images of any size: a stem, then stages of universal inverted bottlenecks. */
import { roundChannels } from '#networks/space/block';
import { parseSpace } from '#networks/space/parse';
import { type Architecture, close, type Space } from '#networks/space/space';

/** The form of the images, and how wide the networks for them are. */
export interface Template {
  readonly resolution: number;
  readonly channels: number;
  readonly classes: number;
  /** Factor of all widths. */
  readonly width: number;
}

const stageWidths = [24, 48, 96, 160]; // like MobileNetV4's, growing with the stride
const stemWidth = 16;
const options = [0.5, 0.75, 1, 1.5, 2]; // multiples of a stage's width, so that architectures differ clearly

/** The strides of the stem and of the stages, which leave a map of 3 to 8 pixels at usual sizes. */
function strides(resolution: number): readonly [stem: number, ...stages: number[]] {
  if (resolution < 24) return [1, 1, 2, 2];
  if (resolution < 48) return [2, 1, 2, 2];
  return resolution < 112 ? [2, 2, 2, 2] : [2, 2, 2, 2, 2];
}

const headWidth = 256;

function head(width: number): string {
  return `head: { conv: ${roundChannels(headWidth * Math.min(4, Math.max(0.5, width)))}, hidden: 0 }`;
}

function frame(name: string, { resolution, channels, classes }: Template): string {
  return `name: ${name}
input: { resolution: ${resolution}, channels: ${channels} }
classes: ${classes}
activation: relu
stages:`;
}

/** The kernels and expansions of a space's blocks, as YAML. */
interface Opened {
  readonly startKernel: string;
  /** Middle kernels of a block that carries a stride, which needs one, and of the others. */
  readonly midKernel: { readonly strided: string; readonly plain: string };
  readonly expand: string;
}

const fixed: Opened = { startKernel: '0', midKernel: { strided: '3', plain: '3' }, expand: '4' };
const open: Opened = {
  startKernel: '[0, 3, 5]',
  midKernel: { strided: '[3, 5]', plain: '[0, 3, 5]' },
  expand: '[2, 3, 4, 6]',
};

/** The YAML of a coarse space: one width for each stage, one to three blocks in it. */
export function spaceText(name: string, template: Template): string {
  return searchedText(name, template, fixed);
}

/** The YAML of a one-stage space: the coarse space with both depthwise layers and the expansion of each block opened. */
export function oneStageText(name: string, template: Template): string {
  return searchedText(name, template, open);
}

function searchedText(name: string, template: Template, { startKernel, midKernel, expand }: Opened): string {
  const { resolution, width } = template;
  const [stem, ...stages] = strides(resolution);
  const blocks = stages.map((stride, s) => {
    const out = options.map((factor) => roundChannels((stageWidths[s] as number) * width * factor));
    const first = stride === 1 ? midKernel.plain : midKernel.strided;
    return `  - out: [${[...new Set(out)].join(', ')}]
    blocks:
      - { kind: uib, startKernel: ${startKernel}, midKernel: ${first}, stride: ${stride}, expand: ${expand} }
      - { kind: uib, startKernel: ${startKernel}, midKernel: ${midKernel.plain}, expand: ${expand}, repeat: 2, optional: true }`;
  });
  return `${frame(name, template)}
  - blocks:
      - { kind: conv, kernel: 3, stride: ${stem}, out: ${roundChannels(stemWidth * width)} }
${blocks.join('\n')}
${head(width)}
`;
}

export function templateSpace(template: Template): Space {
  return parseSpace('search-space.coarse.yaml', spaceText('template', template));
}

/** The YAML of a teacher: plain convolutions where maps are large, ExtraDW blocks of 3x3 and 5x5 below. */
export function teacherText(name: string, template: Template): string {
  const { resolution, width } = template;
  const [stem, ...stages] = strides(resolution);
  const blocks = stages.map((stride, s) => {
    const out = roundChannels((stageWidths[s] as number) * width);
    const first =
      s === 0
        ? `{ kind: fusedIb, kernel: 3, stride: ${stride}, expand: 4, out: ${out} }`
        : `{ kind: uib, startKernel: 3, midKernel: 5, stride: ${stride}, expand: 4, out: ${out} }`;
    return `  - blocks:
      - ${first}
      - { kind: uib, startKernel: 3, midKernel: 3, expand: 4, out: ${out}, repeat: 2 }`;
  });
  return `${frame(name, template)}
  - blocks:
      - { kind: conv, kernel: 3, stride: ${stem}, out: ${roundChannels(stemWidth * width)} }
${blocks.join('\n')}
${head(width)}
`;
}

export function templateTeacher(template: Template): Architecture {
  return close(parseSpace('teacher.yaml', teacherText('template', template)), []);
}
