#!/usr/bin/env node
// Installs what `npm run proof:interop` compares with: timm and ONNX Runtime in a virtual environment in the cache,
// outside the clone. Quick when it is there. Run after `npm run build`: node scripts/proof/interop/install.mjs
import { install } from '../../python/environment.mjs';
import { interopEnvironment } from './environment.mjs';

install(interopEnvironment);
