import { type Comparison, type ConnectionState, ProblemError } from '@polyphony/client';
import { useEffect, useState } from 'react';
import { client } from '../client.js';

/** The comparison as it happens. `problem` when it cannot be shown at all. */
export function useComparison(id: string) {
  const [comparison, setComparison] = useState<Comparison>();
  const [connection, setConnection] = useState<ConnectionState>('connecting');
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const watch = client.watch(id, { onChange: setComparison, onConnection: setConnection });
    watch.done.catch((error: unknown) => {
      if (error instanceof ProblemError) setProblem(error.message);
    });
    return () => watch.stop();
  }, [id]);
  return { comparison, connection, problem };
}
