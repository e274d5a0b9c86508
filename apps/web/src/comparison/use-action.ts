import { useCallback, useState } from 'react';
import { explain } from '../client.js';

/** Runs what a button asks the server for, and keeps why it was refused. */
export function useAction() {
  const [refusal, setRefusal] = useState<string>();
  const run = useCallback((action: () => Promise<void>) => {
    setRefusal(undefined);
    action().catch((error: unknown) => setRefusal(explain(error)));
  }, []);
  return { run, refusal };
}
