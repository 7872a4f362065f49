#!/usr/bin/env node
// Installs the libraries that `npm run proof:augment` compares with, in a virtual environment in the cache, outside the
// clone. Does nothing if they are installed. Run after `npm run build`: node scripts/proof/augment/install.mjs
import { install } from '../../python/environment.mjs';
import { augmentEnvironment } from './environment.mjs';

install(augmentEnvironment);
