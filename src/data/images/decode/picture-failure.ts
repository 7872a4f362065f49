/** Failures of pictures, each of kind `data` at the picture's place. */
import type { Failure } from '#core/failure';
import { dataFailure } from '#data/data-failure';

/** The failure of bytes that are no picture in a format that is read. */
export function unreadable(place: string, bytes: Uint8Array): Failure {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  const got = bytes.length === 0 ? 'no bytes' : `bytes that begin with ${start}`;
  return dataFailure(place, `not a picture: expected JPEG, PNG, WebP or GIF; got ${got}`);
}

/** The failure of a picture that cannot be decoded as a whole. */
export function damaged(place: string, format: string, reason: string): Failure {
  return dataFailure(
    place,
    `damaged ${format} picture: ${reason}`,
    'restore the picture from its origin, or remove it',
  );
}
