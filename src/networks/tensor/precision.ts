/**
 * The format of the feature maps that a step keeps in memory. `half-activations`: they and their gradients are bfloat16,
 * and products multiply it where the processor does; weights, their gradients, batch statistics and all sums remain
 * float32.
 */
export const precisions = ['full', 'half-activations'] as const;

export type Precision = (typeof precisions)[number];

/** Settings of a config: `auto` uses half activations where the processor multiplies them, full precision elsewhere. */
export const precisionSettings = [...precisions, 'auto'] as const;

export type PrecisionSetting = (typeof precisionSettings)[number];
