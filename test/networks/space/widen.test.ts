import { describe, expect, it } from 'vitest';
import { widen } from '#networks/space/widen';
import { namedNetwork } from '#networks/zoo/named-network';

describe('a width multiplier', () => {
  it('of 1 changes nothing but the name', () => {
    for (const name of ['mobilenet-v1', 'mobilenet-v2', 'mobilenet-v3-large', 'mnv4-conv-s']) {
      const network = namedNetwork(name);
      expect(widen(network, 1)).toEqual({ ...network, name: `${name}-1x` });
    }
  });

  it('never narrows the last convolution, and does not change a hidden layer', () => {
    const head = (name: string) => namedNetwork(name).head;
    expect(head('mobilenet-v2-0.5x').conv).toBe(1280);
    expect(head('mobilenet-v2-1.4x').conv).toBe(1792);
    expect(head('mobilenet-v3-large-0.75x')).toEqual({ conv: 720, hidden: 1280, hiddenNorm: false });
    expect(head('mobilenet-v1-0.5x').conv).toBe(0);
  });
});
