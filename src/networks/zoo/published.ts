/** Published accuracies that a network's YAML file keeps in its `provenance`, with their sources. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { conform, list, quantity, text } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { referenceParts } from './named-network.js';

/** Top-1 accuracy on ImageNet, from 0 to 1, of a network at the resolution of its file. */
export interface PublishedAccuracy {
  readonly top1: number;
  readonly source: string;
}

const published = z.object({
  /** Width multiplier of the network that has this accuracy. */
  width: quantity('a width multiplier > 0', { above: 0 }).default(1),
  top1: quantity('a share from 0 to 1', { min: 0, max: 1 }),
  source: text('a text that says where the figure comes from'),
});

function haveOwnWidths(accuracies: readonly z.output<typeof published>[]): boolean {
  return new Set(accuracies.map(({ width }) => width)).size === accuracies.length;
}

const schema = z.object({
  input: z.object({ resolution: z.unknown() }),
  provenance: z
    .object({
      published: list(published, 'a list of accuracies')
        .refine(haveOwnWidths, { error: 'accuracies of widths that differ' })
        .optional(),
    })
    .optional(),
});

/** The accuracy that a reference's file states for its width; undefined at another resolution or if it states none. */
export function namedAccuracy(reference: string): PublishedAccuracy | undefined {
  const { file, factor = 1, resolution } = referenceParts(reference);
  const { input, provenance } = conform(locateYaml(file, readText(file)), schema);
  if (resolution !== undefined && !isDeepStrictEqual(resolution, input.resolution)) return undefined;
  const found = provenance?.published?.find(({ width }) => width === factor);
  return found && { top1: found.top1, source: found.source };
}
