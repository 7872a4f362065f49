#!/usr/bin/env node
// Installs the programs that `npm run proof:int8-peers` compares with, AI Edge Quantizer and ONNX Runtime's quantizer (430
// MB) and onnx2tf with TensorFlow (2 GB), in virtual environments in the cache, outside the clone. Does nothing if they are
// installed. Run after `npm run build`: node scripts/proof/int8-peers/install.mjs
import { install } from '../../python/environment.mjs';
import { onnx2tfEnvironment, peersEnvironment } from './environment.mjs';

install(peersEnvironment);
install(onnx2tfEnvironment);
