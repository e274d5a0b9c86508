import { prepare } from './prepare.mjs';

// Nothing but Node's own modules may be imported before everything is installed and built.
if (prepare()) await import('./supervisor.mjs');
