import { describe, expect, it } from "vitest";
import { seal, unseal } from "../../../src/core/crypto.ts";

describe("what is sealed", () => {
  it("opens with the same key as the same thing, and is another text each time", () => {
    const sealed = seal("key", "token", "refresh-ä-1");
    expect(unseal("key", "token", sealed)).toBe("refresh-ä-1");
    expect(seal("key", "token", "refresh-ä-1")).not.toBe(sealed);
    expect(sealed).not.toContain("refresh");
  });

  it("opens with no other key, as nothing else, and not when a bit was changed or a part is missing", () => {
    const sealed = seal("key", "token", "refresh-1");
    const bytes = Buffer.from(sealed, "base64");
    bytes[15] = (bytes[15] ?? 0) ^ 1;
    for (const [key, about, text] of [
      ["other", "token", sealed],
      ["key", "cursor", sealed],
      ["key", "token", bytes.toString("base64")],
      ["key", "token", sealed.slice(0, 20)],
      ["key", "token", ""],
    ] as const)
      expect(unseal(key, about, text)).toBeNull();
  });
});
