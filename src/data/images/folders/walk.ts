/** Lists the files of class folders, in torchvision's order; links cannot leave the root or lead round in a circle. */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { byCodePoint } from '#core/code-points';
import { systemProblem } from '#core/files/files';
import { dataFailure } from '#data/data-failure';

/** Endings of the files that are read as images, and of other images, in any case. */
const imageName = /\.(jpe?g|png|webp|gif)$/i;
const otherImageName = /\.(bmp|tiff?|p[bgnp]m|avif|hei[cf]|jxl|jp2|svg)$/i;

/** Whether a name ends like an image's. */
export function isImageName(name: string): boolean {
  return imageName.test(name);
}

/** Numbers of entries that a walk passed over. */
export interface PassedOver {
  hidden: number;
  /** Images in formats that are not decoded. */
  undecoded: number;
  /** Files with other endings, and pipes and devices. */
  others: number;
  /** Links to a folder that contains them. */
  circles: number;
}

/** The root of a walk and the rule for links. */
export interface WalkRoot {
  readonly root: string;
  readonly realRoot: string;
  readonly followLinks: boolean;
  readonly passedOver: PassedOver;
}

export function walkRoot(root: string, followLinks: boolean): WalkRoot {
  const passedOver = { hidden: 0, undecoded: 0, others: 0, circles: 0 };
  return { root, realRoot: realPath(root), followLinks, passedOver };
}

/** A folder below the root, and the real paths of the folders on the way to it, itself included. */
export interface Visited {
  /** Path relative to the root; empty for the root itself. */
  readonly path: string;
  readonly chain: readonly string[];
}

/** The image files and the folders right inside a folder, each sorted by code point. */
export interface Entries {
  readonly images: readonly string[];
  readonly folders: readonly Visited[];
}

export function rootOf({ realRoot }: WalkRoot): Visited {
  return { path: '', chain: [realRoot] };
}

/** Reads one folder; an unreadable one, or a link that leads out of the root, is a data failure. */
export function entriesIn(walk: WalkRoot, folder: Visited): Entries {
  const path = join(walk.root, folder.path);
  const images: string[] = [];
  const folders = new Map<string, Visited>();
  for (const entry of readFolder(path)) {
    const { name } = entry;
    if (name.startsWith('.')) {
      walk.passedOver.hidden++;
      continue;
    }
    requireUtf8(path, entry);
    const target = entry.isSymbolicLink() ? linkTarget(walk, join(path, name)) : undefined;
    const kind = target?.stats ?? entry;
    if (kind.isDirectory()) {
      const real = target?.real ?? join(folder.chain.at(-1) as string, name);
      const isCircle = target !== undefined && folder.chain.some((on) => isInside(on, real));
      if (isCircle) walk.passedOver.circles++;
      else folders.set(name, { path: join(folder.path, name), chain: [...folder.chain, real] });
    } else if (kind.isFile() && isImageName(name)) images.push(name);
    else walk.passedOver[otherImageName.test(name) ? 'undecoded' : 'others']++;
  }
  return {
    images: byCodePoint(images),
    folders: byCodePoint([...folders.keys()]).map((name) => folders.get(name) as Visited),
  };
}

/** One folder with its images. */
export interface FolderOfImages {
  readonly path: string;
  readonly images: readonly string[];
}

const mostFolders = 1e6; // links to folders that hold links to folders can multiply without end

/**
 * The folders at and below a folder that hold images, sorted by the code points of their whole paths, as torchvision's
 * `ImageFolder` visits them (`sorted(os.walk(...))`).
 */
export function imagesBelow(walk: WalkRoot, top: Visited): FolderOfImages[] {
  const found = new Map<string, readonly string[]>();
  const waiting = [top];
  for (let seen = 0; waiting.length > 0; seen++) {
    const folder = waiting.pop() as Visited;
    if (seen === mostFolders) {
      throw dataFailure(join(walk.root, top.path), `expected at most ${mostFolders} folders; got more`);
    }
    const { images, folders } = entriesIn(walk, folder);
    if (images.length > 0) found.set(folder.path, images);
    waiting.push(...folders);
  }
  return byCodePoint([...found.keys()]).map((path) => ({ path, images: found.get(path) as readonly string[] }));
}

/** Whether a path is the folder or lies below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw dataFailure(path, `expected a folder; got ${systemProblem(error)}`);
  }
}

/** Resolves symbolic links; a path that does not exist is a data failure. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw dataFailure(path, `expected a file or folder; got ${systemProblem(error)}`);
  }
}

/** The real path behind a link and what is there; one that leaves the root is refused unless the recipe allows it. */
function linkTarget(walk: WalkRoot, path: string): { readonly real: string; readonly stats: Stats } {
  const real = realPath(path);
  if (!walk.followLinks && !isInside(real, walk.realRoot)) {
    const message = `expected a link to a place inside the folder of the images; got one to ${real}`;
    throw dataFailure(path, message, 'set followLinks: true in the source if the images there belong to it');
  }
  return { real, stats: statSync(real) };
}

/** Refuses names that are not UTF-8, under which no file can be opened. */
function requireUtf8(folder: string, { name }: Dirent): void {
  if (!name.includes('\ufffd') || statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined) return;
  throw dataFailure(folder, `expected names in UTF-8; got ${name}`, 'rename the file');
}
