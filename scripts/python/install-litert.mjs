#!/usr/bin/env node
// Installs LiteRT, with which `mnv4-nas export --to litert --check` compares logits, in a virtual environment in the cache,
// outside the clone (160 MB). Does nothing if it is installed. Run after `npm run build`: node
// scripts/python/install-litert.mjs
import { litertEnvironment } from '#data/runtimes/litert';
import { install } from './environment.mjs';

install(litertEnvironment());
