/** What exported networks call their input and their output. */
export const inputName = 'image';
export const outputName = 'logits';
