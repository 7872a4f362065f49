/** The runtimes in which people use exported models, and in which the program runs these itself. */
export const modelRuntimes = ['onnx', 'litert'] as const;
export type ModelRuntime = (typeof modelRuntimes)[number];
