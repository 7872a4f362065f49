import { describe, expect, it } from 'vitest';
import { Failure } from '#core/failure';
import { isNetworkReference, namedNetwork, namedSpace } from '#networks/zoo/named-network';

describe('the name of a network', () => {
  it('may state a width multiplier and a resolution', () => {
    const network = namedNetwork('mobilenet-v1-1.5x@192');
    expect([network.name, network.input.resolution]).toEqual(['mobilenet-v1-1.5x', 192]);
    expect(network.stages[0]?.blocks[0]?.out).toBe(48);
    expect(namedNetwork('mobilenet-v1-1.5x@192x256').input.resolution).toEqual({ height: 192, width: 256 });
    expect(namedNetwork('mobilenet-v1').input.resolution).toBe(224);
    expect(namedSpace('mnv4-conv-m.coarse@224').input.resolution).toBe(224);
  });

  it.each([
    ['mobilenet-v9', 'mobilenet-v1'],
    ['mobilenet-v9-1.5x', 'mobilenet-v1'],
    ['mobilenet-v1@3', 'mobilenet-v1@3: expected a resolution from 4 to 2048, or HEIGHTxWIDTH; got 3'],
    ['mobilenet-v1@96x3', 'mobilenet-v1@96x3: expected a resolution from 4 to 2048, or HEIGHTxWIDTH; got 96x3'],
    ['mobilenet-v1-99x', 'expected a width multiplier from 0.1 to 8; got 99'],
    ['mnv4-conv-m.coarse', 'expected a network'],
    ['mnv4-conv-m.coarse-2x', 'expected a network'],
  ])('%s is refused: %s', (name, message) => {
    expect(() => namedNetwork(name)).toThrow(Failure);
    expect(() => namedNetwork(name)).toThrow(message);
  });
});

describe('a reference to a network', () => {
  it.each([
    'mobilenet-v1',
    'mobilenet-v1-1.5x',
    'mobilenet-v1-1.5x@192',
    'mobilenet-v1@192x256',
    'mine.yaml',
    'mine.json@96',
    'teacher-28',
  ])('may have the form %s', (reference) => expect(isNetworkReference(reference)).toBe(true));

  it.each(['teacher-28-train-20260131-235959', 'mobilenet-v1-1.5', 'mobilenet-v1x', 'mnv4-conv-s.a', 'mine'])(
    'may not have the form %s',
    (reference) => expect(isNetworkReference(reference)).toBe(false),
  );
});
