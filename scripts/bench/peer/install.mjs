#!/usr/bin/env node
// Installs the peer that the benchmark compares with: PyTorch in a virtual environment in the cache, outside the clone.
// Does nothing if it is installed. Run after `npm run build`: node scripts/bench/peer/install.mjs
import { install } from '../../python/environment.mjs';
import { peerEnvironment } from './environment.mjs';

install(peerEnvironment);
