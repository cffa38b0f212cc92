// The small marks that every page uses: a status chip, an instant, a value, JSON behind a disclosure, a bar. Pure.
// Nothing here takes a parsed JSON value as a child: text is made first, and the renderer escapes it.
import type { Json } from "../../core/json.ts";
import type { Shape, StatusWords } from "./status-words.ts";
import { ago, utc } from "./words.ts";

const SHAPES: Record<Shape, string> = {
  dot: "M6 2.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z",
  ring: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Zm0 1.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4Z",
  pause: "M2.5 1.5h2.6v9H2.5zM6.9 1.5h2.6v9H6.9z",
  check: "M4.6 10.2.9 6.5l1.4-1.4 2.3 2.3 5.1-5.1 1.4 1.4z",
  cross: "m6 4.6 3.3-3.3 1.4 1.4L7.4 6l3.3 3.3-1.4 1.4L6 7.4l-3.3 3.3-1.4-1.4L4.6 6 1.3 2.7l1.4-1.4z",
  question:
    "M5 8.8h2v2H5zM6 .8c2.2 0 3.7 1.3 3.7 3.1 0 2.1-2.7 2.2-2.7 3.7H5c0-2.3 2.6-2.5 2.6-3.7C7.6 3.2 7 2.7 6 2.7S4.4 3.3 4.3 4.2l-2-.3C2.5 2 4 .8 6 .8Z",
  back: "M4.8 1.2v2.3h2.7a3.6 3.6 0 0 1 0 7.2H3.4V8.8h4.1a1.7 1.7 0 0 0 0-3.4H4.8v2.3L.9 4.4z",
  clock: "M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8Zm0 1.7a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Zm-.8.9v3l2.2 1.7.9-1.2-1.5-1.2V3.4z",
  stop: "M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8ZM3 5.1h6v1.8H3z",
};

export const Mark = ({ shape }: { shape: Shape }) => (
  <svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
    <path d={SHAPES[shape]} fill="currentColor" />
  </svg>
);

export const Chip = ({ words: { label, tone, shape } }: { words: StatusWords }) => (
  <span class={`chip ${tone}`}>
    <Mark shape={shape} />
    {label}
  </span>
);

/** An instant, and how long ago it was where that is what matters; the exact time is always there. */
export const When = ({ at, now, relative = false }: { at: number; now: number; relative?: boolean }) => (
  <time datetime={new Date(at).toISOString()} title={utc(at)}>
    {relative ? ago(at, now) : utc(at)}
  </time>
);

/** A field's value on its own: text as it is, everything else as JSON, and nothing as a word. */
export const Value = ({ value }: { value: Json | undefined }) => {
  if (value === null || value === undefined) return <span class="quiet">empty</span>;
  if (value === "") return <span class="quiet">empty text</span>;
  if (typeof value === "string") return <span class="value">{value}</span>;
  return <code class="value">{JSON.stringify(value)}</code>;
};

/** More than this is nobody's reading; the JSON API has the whole. */
const LONGEST = 20_000;

export const JsonDetails = ({ label, value }: { label: string; value: Json }) => {
  const text = JSON.stringify(value, null, 2);
  return (
    <details class="json">
      <summary>{label}</summary>
      <pre>
        <code>{text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… shortened; /api/runs/:id has all of it` : text}</code>
      </pre>
    </details>
  );
};

/** A share from 0 to 1, with a tick where a threshold lies. The number stands beside it in text, so the picture is not read out. */
export const Bar = ({ share, threshold, strong = false }: { share: number; threshold?: number | undefined; strong?: boolean }) => (
  <svg class={strong ? "bar strong" : "bar"} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="track" x="0" y="0" width="100" height="6" />
    <rect class="fill" x="0" y="0" width={clamp(share) * 100} height="6" />
    {threshold === undefined ? null : <rect class="tick" x={Math.min(99, clamp(threshold) * 100)} y="0" width="0.8" height="6" />}
  </svg>
);

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
