// Texts as hashed features and weighted vectors.
import { describe, expect, test } from "vitest";
import { BUCKETS, hashText, MAX_WORDS } from "../../../src/inference/builtin/features.ts";
import { learnVocabulary, vectorOf } from "../../../src/inference/builtin/vocabulary.ts";

const bucketsOf = (text: string) => [...hashText(text).buckets];
const shared = (a: string, b: string) => {
  const other = new Set(bucketsOf(b));
  return bucketsOf(a).filter((bucket) => other.has(bucket)).length;
};

describe("features", () => {
  test("are words, pairs of words, and pieces of 3 to 5 characters", () => {
    // "cat" with its spaces has 5 characters: 3 + 2 + 1 pieces, and the word. The second word adds itself, one pair and 6 pieces.
    expect(bucketsOf("cat")).toHaveLength(1 + 6);
    expect(bucketsOf("cat dog")).toHaveLength(2 + 1 + 12);
  });

  test("are the same for the same text, whatever was hashed before", () => {
    const first = bucketsOf("Charged twice");
    hashText("something else entirely");
    expect(bucketsOf("Charged twice")).toEqual(first);
  });

  test("do not depend on case, punctuation, apostrophes, wide letters or the digits of a number", () => {
    const plain = bucketsOf("dont refund order 4821");
    expect(bucketsOf("DON'T refund: order #9999!")).toEqual(plain);
    expect(bucketsOf("don’t ｒｅｆｕｎｄ (order) 1234")).toEqual(plain);
  });

  test("keep letters of other languages", () => {
    expect(hashText("Größe čeština 日本").words).toBe(3);
    expect(bucketsOf("größe")).not.toEqual(bucketsOf("grose"));
  });

  test("survive a typo in part", () => {
    expect(shared("refund", "refnud")).toBeGreaterThan(0);
    expect(shared("delivery", "delivry")).toBeGreaterThan(shared("delivery", "password"));
  });

  test("stop at 400 words and shorten endless ones", () => {
    const long = hashText("word ".repeat(1000));
    expect(long.words).toBe(MAX_WORDS);
    expect(hashText("x".repeat(1_000_000)).words).toBe(1);
    expect(bucketsOf("a".repeat(31))).toEqual(bucketsOf("a".repeat(500)));
  });

  test("of nothing are none", () => {
    expect(hashText(" ?! ")).toEqual({ buckets: new Uint32Array(), words: 0 });
  });

  test("stay within the buckets and rarely collide", () => {
    const words = Array.from(
      { length: 2000 },
      (_, index) => `w${index.toString(36).replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)]!)}`,
    );
    const first = new Set(words.map((word) => bucketsOf(word)[0]!));
    expect(Math.max(...first)).toBeLessThan(BUCKETS);
    expect(first.size).toBeGreaterThan(new Set(words).size * 0.98);
  });
});

describe("the vocabulary", () => {
  const texts = ["late parcel", "late parcel again", "refund"].map((text) => hashText(text).buckets);
  const vocabulary = learnVocabulary(texts);

  test("keeps what occurs in two texts", () => {
    const row = (bucket: number) => vocabulary.rowOf[bucket]!;
    expect(row(bucketsOf("late")[0]!)).toBeGreaterThan(0);
    expect(row(bucketsOf("refund")[0]!)).toBe(0);
    expect(vocabulary.idf[row(bucketsOf("late")[0]!) - 1]).toBeCloseTo(Math.log(4 / 3) + 1, 6);
    expect(vocabulary.unknownIdf).toBeCloseTo(Math.log(4 / 2) + 1, 12);
  });

  test("gives a known text a vector of length one", () => {
    const { values } = vectorOf(vocabulary, hashText("late parcel").buckets);
    expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 6);
  });

  test("gives an unfamiliar text a shorter one, so that it is less sure", () => {
    const { values } = vectorOf(vocabulary, hashText("late parcel with zebra questionnaire").buckets);
    expect(values.reduce((sum, value) => sum + value * value, 0)).toBeLessThan(0.5);
    expect(vectorOf(vocabulary, hashText("zebra").buckets).values).toHaveLength(0);
  });

  test("counts nothing across calls", () => {
    const once = vectorOf(vocabulary, texts[0]!);
    vectorOf(vocabulary, texts[1]!);
    expect(vectorOf(vocabulary, texts[0]!)).toEqual(once);
  });
});
