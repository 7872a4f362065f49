/**
 * Our addon for pictures (`native/`, C++), which decodes parts of JPEG pictures by the decoder inside TensorFlow's
 * library, and resizes. It is used only if it agrees with `sharp` on a trial; otherwise `sharp` decodes and JavaScript
 * resizes, with the same bits.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { addonFile } from '#core/files/package-folder';
import { processorId } from '#core/machine/processor';
import { setTensorFlowEnvironment } from '#core/machine/tensorflow-environment';
import type { ImagesAddon } from './addon.js';
import { agreesWithSharp } from './native-trial.js';

export interface NativeImages {
  /** Undefined if it is missing, disagrees with `sharp`, or is turned off. */
  readonly addon: ImagesAddon | undefined;
  readonly detail: string;
}

let loaded: Promise<NativeImages> | undefined;

/** The addon of this process, loaded and tried by the first call; MNV4_PICTURES=sharp turns it off. */
export function nativeImages(): Promise<NativeImages> {
  loaded ??= load(process.env);
  return loaded;
}

/** The file that set-up compiles for this processor. */
export function imagesAddonFile(): string {
  return addonFile(`mnv4_images-${processorId()}`);
}

/** Loads and tries the addon; whatever goes wrong becomes the detail, since `sharp` can do the work. */
export async function load(
  env: Readonly<Record<string, string | undefined>>,
  file = imagesAddonFile(),
): Promise<NativeImages> {
  const without = (detail: string): NativeImages => ({ addon: undefined, detail });
  if (env['MNV4_PICTURES'] === 'sharp') return without('our decoder is turned off by MNV4_PICTURES=sharp');
  if (!existsSync(file))
    return without('our decoder is not compiled for this processor; sharp takes about three times as long');
  setTensorFlowEnvironment();
  try {
    const addon = createRequire(import.meta.url)(file) as ImagesAddon;
    if (await agreesWithSharp(addon)) return { addon, detail: 'JPEG by our decoder, compiled for this processor' };
    return without('our decoder disagrees with sharp, which is used instead');
  } catch (error) {
    return without(`our decoder does not load: ${error instanceof Error ? error.message : error}`);
  }
}
