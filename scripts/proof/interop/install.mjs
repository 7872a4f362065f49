#!/usr/bin/env node
// Installs the programs that `npm run proof:interop` compares with: timm and ONNX Runtime in a virtual environment in
// the cache, outside the clone. Does nothing if they are installed. Run after `npm run build`: node
// scripts/proof/interop/install.mjs
import { install } from '../../python/environment.mjs';
import { interopEnvironment } from './environment.mjs';

install(interopEnvironment);
