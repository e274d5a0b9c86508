import type { Model } from '@polyphony/client';
import { useEffect, useState } from 'react';
import { client, explain } from '../client.js';

/** What can be asked now. */
export function useModels(): { models: Model[] | undefined; error: string | undefined } {
  const [models, setModels] = useState<Model[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let isHere = true;
    client.listModels().then(
      (list) => isHere && setModels(list),
      (reason: unknown) => isHere && setError(explain(reason)),
    );
    return () => {
      isHere = false;
    };
  }, []);
  return { models, error };
}
