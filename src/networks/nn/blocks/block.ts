/** The forward pass of every block kind. Gradients come from the tape: a new kind needs no gradient code. */
import { assertNever } from '#core/assert-never';
import { channelsOf, convLayer } from '#networks/nn/layers';
import type { MixedBlock } from '#networks/nn/mixed-block';
import type { Pass } from '#networks/nn/pass';
import { isResidual } from '#networks/space/block';
import { add, applied, materialized } from '#networks/tensor/ops/combine';
import type { Features } from '#networks/tensor/tape';
import { attention } from './attention.js';
import { dwSep } from './dw-sep.js';
import { fusedIb } from './fused-ib.js';
import { invertedResidual } from './inverted-residual.js';
import { uib } from './uib.js';

/**
 * A block's output; its input is added where the block is residual.
 *
 * @param name   prefix of the block's weight names
 * @param x      [B, H, W, Cin]
 * @param depth  position in the network, from 0 to 1 for the last block
 * @returns      [B, ceil(H / stride), ceil(W / stride), out]
 */
export function block(pass: Pass, name: string, spec: MixedBlock, x: Features, depth = 0): Features {
  const { tape } = pass;
  if (!isResidual(channelsOf(x), spec)) return tape.block(() => body(pass, name, spec, x));
  return tape.block(() => {
    const input = applied(tape, x); // once, for both its readers
    return add(tape, pass.residual(body(pass, name, spec, input), depth), input);
  });
}

function body(pass: Pass, name: string, spec: MixedBlock, x: Features): Features {
  switch (spec.kind) {
    case 'conv': {
      const { kernel: kernels, stride, out } = spec;
      return convLayer(pass, `${name}.conv`, x, { kernels, stride, out, activation: pass.activation });
    }
    case 'fusedIb':
      return fusedIb(pass, name, spec, x);
    case 'uib':
      return uib(pass, name, spec, x);
    case 'mqa':
    case 'mha':
      return attention(pass, name, spec, materialized(pass.tape, x));
    case 'dwSep':
      return dwSep(pass, name, spec, x);
    case 'invertedResidual':
      return invertedResidual(pass, name, spec, x);
    default:
      return assertNever(spec);
  }
}
