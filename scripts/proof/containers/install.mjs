#!/usr/bin/env node
// Installs the programs that `npm run proof:containers` writes shards with, in a virtual environment in the cache,
// outside the clone. Does nothing if they are installed. Run after `npm run build`.
import { install } from '../../python/environment.mjs';
import { containersEnvironment } from './environment.mjs';

install(containersEnvironment);
