/** Space or network -> the YAML form that `parse.ts` reads; parsing the printed form gives the same space. */
import { stringify } from 'yaml';
import type { SlotInput, SpaceInput } from './schema.js';
import { type Architecture, defaultConventions, frameOf, isChoice, type Open, type Slot, type Space } from './space.js';
import { sharedOut } from './walk-choices.js';

/** The document of a space: repeated blocks are written one by one, a stage's shared `out` once at the stage. */
export function spaceInput(space: Space): SpaceInput {
  return {
    ...frameOf(space),
    input: { ...space.input } as SpaceInput['input'],
    stages: space.stages.map(({ slots }, s) => {
      const out = sharedOut(slots, s);
      const blocks = slots.map((slot) => slotInput(slot, out !== undefined));
      return out === undefined ? { blocks } : { out: listed(out), blocks };
    }),
    head: { ...space.head, conv: listed(space.head.conv), hidden: listed(space.head.hidden) },
  };
}

/** Converts a closed network to a space without choices. */
export function asSpace(network: Architecture): Space {
  const stages = network.stages.map(({ blocks }, s) => ({
    slots: blocks.map((block, b): Slot => ({ path: `stages[${s}].blocks[${b}]`, use: true, pick: 0, among: [block] })),
  }));
  return { ...network, stages, choices: [] };
}

/** YAML of a space, one block per line; `provenance` records the origin of a found network. */
export function printSpace(space: Space, provenance?: Record<string, unknown>): string {
  const { stages, input, head, ...frame } = spaceInput(space);
  const { hiddenNorm, ...widths } = head;
  const flow = (value: unknown) => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  const lines = [stringify(stated(frame)).trim(), `input: ${flow(input)}`, 'stages:'];
  for (const { out, blocks } of stages) {
    if (out !== undefined) lines.push(`  - out: ${flow(out)}`);
    const none = blocks.length === 0 ? ' []' : '';
    lines.push(`${out === undefined ? '  -' : '   '} blocks:${none}`);
    for (const block of blocks) lines.push(`      - ${flow(block)}`);
  }
  lines.push(`head: ${flow(hiddenNorm ? widths : head)}`);
  if (provenance !== undefined) lines.push(stringify({ provenance }).trim());
  return `${lines.join('\n')}\n`;
}

/** The fields of a frame that differ from their defaults. */
function stated(frame: object): object {
  const defaults: Record<string, unknown> = defaultConventions;
  return Object.fromEntries(Object.entries(frame).filter(([key, value]) => defaults[key] !== value));
}

function slotInput({ use, among, pick }: Slot, outIsShared: boolean): SlotInput {
  const blocks = among.map((block) => {
    const entries = Object.entries(block).filter(([key]) => !(key === 'out' && outIsShared));
    return Object.fromEntries(entries.map(([key, value]) => [key, listed(value as Open<unknown>)]));
  });
  const optional = isChoice(use) ? { optional: true } : {};
  return { ...(isChoice(pick) ? { oneOf: blocks } : blocks[0]), ...optional } as SlotInput;
}

function listed<T>(value: Open<T>): T | T[] {
  return isChoice(value) ? [...value.options] : value;
}
