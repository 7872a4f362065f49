/** Names of the input and the output of exported networks. */
export const inputName = 'image';
export const outputName = 'logits';
