/** The values that stand in the place of an argument's or option's placeholder, such as `<run>`. */
import { shippedNames } from '#networks/zoo/shipped';

/** The values that a shell offers: fixed words, and those that it finds when it is asked. */
export interface Offer {
  readonly words: readonly string[];
  readonly found: readonly Found[];
}

/** `runs` are the ids under the folder of `--root`. */
export type Found = 'files' | 'folders' | 'runs';

type Kind = Found | 'networks' | 'spaces' | 'devices';

/** By placeholder, without brackets and dots; empty for numbers and free texts. */
const kindsOf: Readonly<Record<string, readonly Kind[]>> = {
  'a.b=value': [],
  amount: [],
  config: ['files'],
  cron: [],
  device: ['devices', 'files'],
  'device.yaml': ['files'],
  devices: ['devices', 'files'],
  dir: ['folders'],
  duration: [],
  file: ['files'],
  files: ['files'],
  folder: ['folders'],
  format: [],
  'from:to:step': [],
  how: [],
  id: ['runs'],
  'key=value': [],
  kind: [],
  limit: [],
  'macs-per-byte': [],
  mode: [],
  ms: [],
  n: [],
  name: [],
  names: [],
  network: ['networks', 'runs', 'files'],
  'network-or-space': ['networks', 'spaces', 'files'],
  'network=share': [],
  networks: ['networks', 'files'],
  option: [],
  pixels: [],
  recipe: ['files'],
  'rows.csv': ['files'],
  run: ['runs', 'folders'],
  runs: ['runs', 'folders'],
  seconds: [],
  seeds: [],
  shell: [],
  space: ['spaces', 'files'],
  steps: [],
  study: ['files'],
  values: [],
};

const foldersOf = {
  networks: 'search-spaces/zoo',
  spaces: 'search-spaces',
  devices: 'configs/devices',
} as const;

/**
 * Returns the values that stand in the place of a placeholder.
 *
 * @param words  the choices or suggestions, if its command states any
 * @throws Error for a placeholder that the table lacks
 */
export function offerOf(placeholder: string, words: readonly string[] | undefined): Offer {
  if (words !== undefined) return { words, found: [] };
  const kinds = kindsOf[placeholder];
  if (kinds === undefined) throw new Error(`the table of placeholders lacks <${placeholder}>`);
  return {
    words: kinds.flatMap((kind) => (isFound(kind) ? [] : shippedNames(foldersOf[kind]))),
    found: kinds.filter(isFound),
  };
}

function isFound(kind: Kind): kind is Found {
  return kind === 'files' || kind === 'folders' || kind === 'runs';
}
