import { type RefObject, useLayoutEffect, useRef } from 'react';

const nearBottom = 24;

/** Keeps a growing element scrolled to its end, as long as that is where the person left it. */
export function useStickyScroll<T extends HTMLElement>(
  content: unknown,
  isGrowing: boolean,
): { ref: RefObject<T | null>; onScroll: () => void } {
  const ref = useRef<T>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element && isGrowing && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [content, isGrowing]);
  const onScroll = () => {
    const element = ref.current;
    if (element) isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearBottom;
  };
  return { ref, onScroll };
}
