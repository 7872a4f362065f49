/** The schema of a resolution in files that people write: a number for square images, or height and width. */
import { z } from 'zod';
import { integer, record } from '#core/documents/conform';

export const leastSide = 4; // pixels
export const mostSide = 2048;

const side = integer(`a resolution from ${leastSide} to ${mostSide}`, leastSide, mostSide);

export const resolutionSchema = z.union([
  side,
  record(
    {
      height: side.describe('Height of the images in pixels'),
      width: side.describe('Width of the images in pixels'),
    },
    '{ height, width }',
  ),
]);
