import { prepare } from './prepare.mjs';

// On a bare clone the terminal client too brings what it needs.
if (prepare()) await import('../apps/cli/dist/main.js');
