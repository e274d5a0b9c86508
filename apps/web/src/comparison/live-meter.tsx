import { useEffect, useRef, useState } from 'react';
import { seconds } from '../wording.js';

const tickMs = 500;
const windowTicks = 6;

interface LiveMeterProps {
  text: string;
  startedAt: string | undefined;
}

/** Words per second over the last seconds and the time since the call began, counted apart from the text's rendering. */
export function LiveMeter({ text, startedAt }: LiveMeterProps) {
  const latest = useRef(text);
  latest.current = text;
  const [meter, setMeter] = useState<{ wordsPerSecond: number; elapsedMs: number }>();
  useEffect(() => {
    const began = startedAt ? Math.min(Date.parse(startedAt), Date.now()) : Date.now();
    const samples: { at: number; words: number }[] = [];
    const tick = () => {
      const now = Date.now();
      samples.push({ at: now, words: countWords(latest.current) });
      if (samples.length > windowTicks) samples.shift();
      const [oldest, newest] = [samples[0], samples.at(-1)];
      const span = oldest && newest ? newest.at - oldest.at : 0;
      const wordsPerSecond = oldest && newest && span > 0 ? Math.max(0, ((newest.words - oldest.words) * 1000) / span) : 0;
      setMeter({ wordsPerSecond, elapsedMs: now - began });
    };
    tick();
    const timer = setInterval(tick, tickMs);
    return () => clearInterval(timer);
  }, [startedAt]);
  if (!meter) return null;
  const rate = Math.round(meter.wordsPerSecond);
  return (
    <span className="meter">
      {rate > 0 ? `${rate} words/s · ` : ''}
      {seconds(meter.elapsedMs)}
    </span>
  );
}

function countWords(text: string): number {
  let words = 0;
  let wasSpace = true;
  for (let index = 0; index < text.length; index++) {
    const isSpace = text.charCodeAt(index) <= 32;
    if (wasSpace && !isSpace) words++;
    wasSpace = isSpace;
  }
  return words;
}
