import { grouped } from '#core/grouped';

/** The length of a training in the words of `init`, dry runs and progress: `3 epochs of 5,100 images`. */
export function epochsText(epochs: number, images?: number): string {
  const length = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  return images === undefined ? length : `${length} of ${grouped(images)} images`;
}
