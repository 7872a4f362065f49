#!/usr/bin/env node
// Installs the libraries that `npm run bench:data` and `npm run proof:pixels` compare with, in a virtual environment in
// the cache, outside the clone. Does nothing if they are installed. Run after `npm run build`:
//   node scripts/bench/data/install.mjs
import { install } from '../../python/environment.mjs';
import { dataEnvironment } from './environment.mjs';

install(dataEnvironment);
