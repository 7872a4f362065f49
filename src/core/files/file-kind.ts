/** Recognises kinds of files by their first bytes, for messages about a file of the wrong kind. */

/** A kind of file, such as `a PyTorch checkpoint` or `a web page`. */
export type FileKind = (typeof binaryKinds | typeof textKinds)[number][0];

/** The first bytes of a file in hexadecimal and as Latin-1 text, and its end. */
interface Start {
  readonly hex: string;
  readonly text: string;
  /** The file's last eight bytes in hexadecimal. */
  readonly end: string;
  /** Latin-1 text that contains the member names of a zip archive; empty for other files. */
  readonly members: string;
}

type Test = (start: Start) => boolean;

const begins =
  (pattern: RegExp): Test =>
  ({ hex }) =>
    pattern.test(hex);
const zipOf =
  (member: RegExp): Test =>
  ({ members }) =>
    member.test(members);
const says =
  (pattern: RegExp): Test =>
  ({ text }) =>
    pattern.test(text);

/** Kinds and their tests; the first test that passes decides, here and below. */
const binaryKinds = [
  ['safetensors', begins(/^.{8}000000007b/)], // a length and {
  ['a PyTorch checkpoint', zipOf(/\/data\.pkl/)],
  ['a PyTorch checkpoint', begins(/^80028a0a6cfc9c46f920/)], // the format before version 1.6
  ['a NumPy archive', zipOf(/\.npy/)],
  ['a Keras model', zipOf(/model\.weights\.h5/)],
  ['a workbook of a spreadsheet', zipOf(/xl\/workbook|content\.xml/)],
  ['a zip archive', begins(/^504b0304/)],
  ['a pickle of Python', begins(/^800[2-5](95|8a|7d|5d|28|63|71)/)],
  ['a NumPy array', says(/^.NUMPY/)],
  ['a Keras model', begins(/^894844460d0a1a0a/)], // HDF5
  ['a TensorFlow Lite model', says(/^[\s\S]{4}TFL3/)],
  ['a TensorFlow checkpoint', ({ end }) => end === '57fb808b247547db'], // its index
  ['a TensorFlow SavedModel', begins(/^080112/)],
  ['an ONNX model', begins(/^08(0[3-9a-f]|1.)(12|1a|22|2a|32|3a|42)/)], // its IR version, then another field
  ['a compressed file', begins(/^(1f8b|425a68|fd377a585a|28b52ffd|377abcaf)/)],
  ['a GGUF model', says(/^GGUF/)],
  ['a tar archive', says(/^[\s\S]{257}ustar/)],
] as const satisfies readonly (readonly [string, Test])[];

const textKinds = [
  ['a pointer of Git LFS', says(/^version https:\/\/git-lfs\.github\.com\/spec\//)],
  ['a web page', says(/^(\xef\xbb\xbf)?\s*(<!--[\s\S]*?-->\s*)?<(!doctype|html|head|\?xml)/i)],
  ['JSON', says(/^\s*[{[][\s\x20-\x7e]{8,}$/)],
  ['a text', says(/^[\s\x20-\x7e]{8,}$/)],
] as const satisfies readonly (readonly [string, Test])[];

/** The kind of a file, given its bytes; undefined if unknown. */
export function fileKind(file: Uint8Array): FileKind | undefined {
  return kindAmong([...binaryKinds, ...textKinds], file);
}

/** Like `fileKind`, but undefined for text files. */
export function binaryKind(file: Uint8Array): FileKind | undefined {
  return kindAmong(binaryKinds, file);
}

const startBytes = 1024;
const directoryBytes = 2 ** 16; // from the end of a zip archive, where its members are listed

function kindAmong(kinds: readonly (readonly [FileKind, Test])[], file: Uint8Array): FileKind | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const [hex, text] = [bytes.toString('hex', 0, startBytes), bytes.toString('latin1', 0, startBytes)];
  const members = hex.startsWith('504b0304') ? text + bytes.subarray(-directoryBytes).toString('latin1') : '';
  const end = bytes.subarray(-8).toString('hex');
  return kinds.find(([, test]) => test({ hex, text, end, members }))?.[0];
}
