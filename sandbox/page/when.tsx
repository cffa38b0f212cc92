// A moment, for a person who watches: the time of day in UTC, and how long ago that was.

export function When({ at }: { at: string }) {
  return <time datetime={at}>{at.slice(11, 19)}</time>;
}

export function ago(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}
