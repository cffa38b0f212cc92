import { describe, expect, it } from "vitest";
import { readBody } from "../../../src/ingress/read-body.ts";

/** A body that hands out these chunks and counts what was taken. */
function streaming(chunks: readonly Uint8Array[], headers: Record<string, string> = {}, failing = false) {
  const seen = { pulled: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[seen.pulled++];
        if (chunk) controller.enqueue(chunk);
        else if (failing) controller.error(new Error("reset"));
        else controller.close();
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", headers, body, duplex: "half" };
  return { seen, request: new Request("https://interlock.example/", init as RequestInit) };
}

const bytes = (...values: number[]) => new Uint8Array(values);

describe("readBody", () => {
  it("returns the bytes as they came, in one piece", async () => {
    const { request } = streaming([bytes(0xef, 0xbb, 0xbf), bytes(), bytes(0xff, 0x00)]);
    expect(await readBody(request, 5)).toEqual({ ok: true, value: bytes(0xef, 0xbb, 0xbf, 0xff, 0x00) });
  });

  it("returns no bytes for a request without a body", async () => {
    expect(await readBody(new Request("https://interlock.example/"), 5)).toEqual({ ok: true, value: bytes() });
  });

  it("refuses a declared length over the limit without reading", async () => {
    const { request, seen } = streaming([bytes(1)], { "content-length": "6" });
    expect(await readBody(request, 5)).toMatchObject({ ok: false, error: { code: "webhook.too_large" } });
    expect(seen.pulled).toBe(0);
  });

  it("stops reading at the first byte over the limit where no length was declared", async () => {
    for (const headers of [{}, { "content-length": "many" }] as Record<string, string>[]) {
      const { request, seen } = streaming([bytes(1, 2, 3), bytes(4, 5, 6), bytes(7)], headers);
      expect(await readBody(request, 5)).toMatchObject({ ok: false, error: { code: "webhook.too_large" } });
      expect(seen).toEqual({ pulled: 2, cancelled: true });
    }
  });

  it("refuses a body that is over the limit although it declared less", async () => {
    const { request } = streaming([bytes(1, 2, 3), bytes(4, 5, 6)], { "content-length": "1" });
    expect(await readBody(request, 5)).toMatchObject({ ok: false, error: { code: "webhook.too_large" } });
  });

  it("reports a body that breaks off as the caller's fault", async () => {
    const { request } = streaming([bytes(1)], {}, true);
    expect(await readBody(request, 5)).toMatchObject({ ok: false, error: { code: "request.invalid" } });
  });
});
