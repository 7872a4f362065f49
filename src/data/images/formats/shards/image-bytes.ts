/** Bytes; ten times a photograph of 100 megapixels, so that a damaged length is refused before memory is taken for it. */
export const mostImageBytes = 2 ** 28;
