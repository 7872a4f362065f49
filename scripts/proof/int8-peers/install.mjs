#!/usr/bin/env node
// Installs the programs that `npm run proof:int8-peers` compares with, AI Edge Quantizer and ONNX Runtime's quantizer, in a
// virtual environment in the cache, outside the clone (430 MB). Does nothing if they are installed. Run after
// `npm run build`: node scripts/proof/int8-peers/install.mjs
import { install } from '../../python/environment.mjs';
import { peersEnvironment } from './environment.mjs';

install(peersEnvironment);
