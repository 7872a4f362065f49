/** `README.md` of an export: what the files are, how they are used, and where they come from. */

import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import { pixelNorm } from '#networks/space/space';
import type { Exported, Exporter, ExportOptions, Int8Figures, Int8File } from './exporter.js';
import type { Calibration } from './int8/calibrate.js';
import { preprocessingOf } from './preprocessing.js';

export function modelCard(exported: Exported, exporter: Exporter, options: ExportOptions): string {
  const { network, params, macs, origin, provenance } = exported;
  const sections = [
    ['---', 'tags: [image-classification, mobilenetv4, mnv4-nas]', '---'],
    [`# ${inline(network.name)}`],
    [
      `An image classifier of ${network.classes} classes as ${exporter.title}${foldText(options)}.`,
      `${inline(capital(origin))}.`,
    ],
    [
      '| | |',
      '|---|---|',
      `| parameters | ${grouped(params)} |`,
      `| multiply-accumulates | ${grouped(macs)} for an image |`,
      `| accuracy | ${accuracyText(exported.evaluation)} |`,
      ...(options.int8Evaluation === undefined ? [] : [`| in int8 | ${int8Text(options.int8Evaluation)} |`]),
      `| input | ${inputText(exported, exporter)} |`,
      `| batch | ${options.batch ?? 'any'} |`,
      ...Object.entries(provenance).map(([key, value]) => `| ${key} | ${inline(value)} |`),
    ],
    ['## Use', '', exporter.usage(exported)],
    ...(options.int8 === undefined || exporter.int8 === undefined ? [] : [int8Lines(exporter.int8, options.int8)]),
    [
      `Pixels of 8 bits become \`(pixel / 255 - mean) / std\`, ${normText(network)},`,
      'as preprocessing.json states. The outputs are logits; a softmax turns them into probabilities of the classes in',
      'labels.txt, one per line. architecture.yaml is the network in the form that mnv4-nas reads.',
    ],
    ['## Classes', '', classesText(exported)],
    [
      '## Licence',
      '',
      'mnv4-nas is under the Apache License 2.0. Weights are subject to the terms of the images that they were trained on.',
    ],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Formats the normalisation: `a mean of 0.5 and a std of 0.5`, or a list of each if channels differ. */
function normText({ input }: Pick<Exported['network'], 'input'>): string {
  const { mean, std } = pixelNorm(input);
  const text = (values: readonly number[]) => ([...new Set(values)].length === 1 ? `${values[0]}` : values.join(', '));
  return `a mean of ${text(mean)} and a std of ${text(std)}`;
}

function foldText({ fold }: ExportOptions): string {
  return fold ? ', batch norm folded into the weights' : ', batch norm not folded';
}

function int8Lines({ name }: Int8File, { rule, errors, isEqualised }: Calibration): string[] {
  return [
    `${name} is the same network in int8, with float32 input and output: weights with a scale for each output`,
    `channel, values with ranges measured on training images and chosen by the rule \`${rule}\`. There its logits differ`,
    `from those of float32 by ${percent(errors[rule])} of their root mean square.`,
    ...(isEqualised ? ['Channels are equalised across layers (arXiv:1906.04721).'] : []),
  ];
}

function inputText({ network }: Exported, { layout }: Exporter): string {
  const { shape } = preprocessingOf(network, layout);
  return `float32 [${shape.join(', ')}] (${layout})`;
}

function int8Text({ runtime, evaluation, agreement }: Int8Figures): string {
  const same = `the same class on top as in float32 for ${percent(agreement)}`;
  return `${accuracyText(evaluation)}, by ${inline(runtime)}; ${same}`;
}

function accuracyText(evaluation: Exported['evaluation']): string {
  if (evaluation === undefined) return 'not evaluated';
  const { top1, n, top1Interval } = evaluation;
  return `${percent(top1)} of ${grouped(n)} test images (95 % interval ${top1Interval.map((share) => percent(share)).join(' to ')})`;
}

const shownClasses = 20;

function classesText({ classNames, network }: Exported): string {
  if (classNames === undefined) return `${network.classes}, without names; labels.txt lists their numbers.`;
  const rest = classNames.length - shownClasses;
  const shown = classNames.slice(0, shownClasses).map(inline).join(', ');
  return rest > 0 ? `In order: ${shown} and ${grouped(rest)} more, in labels.txt.` : `In order: ${shown}.`;
}

/** Escapes a text to one line of Markdown that shows the same text, in a table too. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*[\]<>|&#~]|\b_|_\b/g, '\\$&');
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
