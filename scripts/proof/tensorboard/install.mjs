#!/usr/bin/env node
// Installs TensorBoard for `npm run proof:tensorboard` in a virtual environment in the cache, outside the clone. Does
// nothing if it is installed. Run after `npm run build`.
import { install } from '../../python/environment.mjs';
import { tensorBoardEnvironment } from './environment.mjs';

install(tensorBoardEnvironment);
