/** The sign of the house: voices that meet and part. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" fill="none" strokeWidth="3" strokeLinecap="round" aria-hidden="true">
      <path className="stroke-0" d="M3 8c6 0 7 8 13 8s7-8 13-8" />
      <path className="stroke-1" d="M3 16h26" />
      <path className="stroke-2" d="M3 24c6 0 7-8 13-8s7 8 13 8" />
    </svg>
  );
}
