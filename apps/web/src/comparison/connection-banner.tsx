import type { ConnectionState } from '@polyphony/client';
import { useEffect, useState } from 'react';

const graceMs = 1_500;

/** Says that the connection is gone, unless it is back in a moment. Nothing is lost meanwhile: the server goes on. */
export function ConnectionBanner({ connection }: { connection: ConnectionState }) {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (connection === 'live') return undefined;
    const timer = setTimeout(() => setLong(true), graceMs);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" className="banner-place">
      {isLong && connection !== 'live' && (
        <p className="banner">
          <span className="dot live" aria-hidden="true" />
          {connection === 'lost' ? 'Connection lost. The models go on; this page catches up when it is back.' : 'Connecting …'}
        </p>
      )}
    </div>
  );
}
