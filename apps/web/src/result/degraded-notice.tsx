import type { Comparison } from '@polyphony/client';

/** What the result lacks, before anything it has. */
export function DegradedNotice({ comparison }: { comparison: Comparison }) {
  const { status, degraded, degradedReasons } = comparison;
  const headline = headlineOf(status);
  return (
    <div role="status" className="degraded-place">
      {(degraded || headline) && (
        <div className={`notice ${status === 'failed' ? 'bad' : 'warn'}`}>
          {headline ?? 'This result lacks something it was asked for:'}
          {degradedReasons.length > 0 && (
            <ul>
              {degradedReasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}

function headlineOf(status: Comparison['status']): string | undefined {
  if (status === 'failed') return 'The comparison failed: no answer was completed.';
  return status === 'cancelled' ? 'The comparison was cancelled. This is what there was.' : undefined;
}
