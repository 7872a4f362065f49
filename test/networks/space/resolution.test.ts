import { describe, expect, it } from 'vitest';
import { inputShape, inputSize, parsedResolution, resolutionText } from '#networks/space/resolution';

describe('a resolution', () => {
  it.each([
    ['224', 224, [224, 224]],
    ['192x256', { height: 192, width: 256 }, [192, 256]],
    ['96x96', 96, [96, 96]],
    ['4x2048', { height: 4, width: 2048 }, [4, 2048]],
  ])('of the text %s is %j, rows first', (text, resolution, sides) => {
    const parsed = parsedResolution(text);
    expect(parsed).toEqual(resolution);
    expect(inputShape({ resolution, channels: 3 })).toEqual([...sides, 3]);
    expect(inputSize({ resolution, channels: 3 })).toBe((sides[0] as number) * (sides[1] as number) * 3);
    expect(parsed && parsedResolution(resolutionText(parsed))).toEqual(resolution);
  });

  it.each(['3', '2049', '8x3', '2049x8', '8x', 'x8', '8x8x8', '8.5', '-8', ' 8', '1e2', 'big', ''])(
    'is not the text "%s"',
    (text) => expect(parsedResolution(text)).toBeUndefined(),
  );
});
