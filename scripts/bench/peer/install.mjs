#!/usr/bin/env node
// Installs the peers that the benchmark compares with, PyTorch and JAX, in virtual environments in the cache, outside the
// clone. Does nothing if they are installed. Run after `npm run build`: node scripts/bench/peer/install.mjs
import { install } from '../../python/environment.mjs';
import { jaxEnvironment, peerEnvironment } from './environment.mjs';

install(peerEnvironment);
install(jaxEnvironment);
