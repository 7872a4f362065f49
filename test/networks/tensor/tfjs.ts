/** What the tests of `nn/` compare with: TensorFlow.js's own ops and gradients, on its plain JavaScript backend. */
import * as tf from '@tensorflow/tfjs';
import { openBackend } from '#networks/tensor/backend';

openBackend({ threads: 1 }); // before the next line, since loading it makes it TensorFlow.js's backend too
tf.enableProdMode();
await tf.setBackend('cpu');

export { tf };
