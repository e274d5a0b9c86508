import { prepare } from '../scripts/prepare.mjs';

// Nothing but Node's own modules may be imported before everything is installed and built.
if (process.argv.includes('--no-build') || prepare()) await import('./command.mjs');
