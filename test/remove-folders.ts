/** Runs with every test file: afterwards the folders that it made go. */
import { afterAll } from 'vitest';
import { removeFolders } from './data/fixtures.js';

afterAll(removeFolders);
