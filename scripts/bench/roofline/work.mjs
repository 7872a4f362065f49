// The work of one op: bytes of its inputs and outputs, and multiply-adds.
import { dataType, sizeOf } from '#networks/tensor/backend';

/** Ops that make a handle, not values. */
const handles = new Set(['Identity', 'Reshape', 'ReadVariableOp']);

export function bytesOf(op, inputs, outputs) {
  if (handles.has(op)) return 0;
  // of the flat weights a slice reads what it writes, and the gradients are added to it in place
  const counted = op === 'Mnv4Slice' ? [...outputs, ...outputs] : [...inputs, ...outputs];
  return counted.reduce((total, { shape, dtype }) => total + sizeOf(shape) * widthOf(dtype), 0);
}

function widthOf(dtype) {
  if (dtype === dataType.bfloat16) return 2;
  return dtype === dataType.uint8 ? 1 : 4;
}

/** Multiply-adds of our layers' kernels and of matrix products; 0 for other ops. */
export function multiplyAdds(op, inputs, outputs) {
  const shape = (tensor) => tensor.shape;
  switch (op) {
    case 'Mnv4Pointwise':
    case 'Mnv4Convolution':
    case 'Mnv4Depthwise':
      return forward(shape(inputs[2]), shape(outputs[0]));
    case 'Mnv4PointwiseGrad':
    case 'Mnv4ConvolutionGrad':
    case 'Mnv4DepthwiseGrad': {
      const goesBack = sizeOf(shape(outputs[0])) > 0;
      return (goesBack ? 2 : 1) * forward(shape(inputs[7]), shape(inputs[1]));
    }
    case 'Mnv4Product':
      return Math.sqrt(sizeOf(shape(inputs[0])) * sizeOf(shape(inputs[1])) * sizeOf(shape(outputs[0])));
    default:
      return 0;
  }
}

/** Multiply-adds of a layer's forward pass: its outputs times the kernel values that each of them multiplies. */
function forward(kernel, out) {
  const isDepthwise = kernel.length === 4 && kernel[3] === 1;
  return sizeOf(out) * (isDepthwise ? kernel[0] * kernel[1] : sizeOf(kernel.slice(0, -1)));
}
