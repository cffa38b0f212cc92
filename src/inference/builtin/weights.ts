// Trained weights as bytes, for a blob store, and back: exactly the same weights, so exactly the same answers.
// It must not accept what it did not write: a wrong marker, version or length is an error.
// Layout: marker, length of the header, header (JSON), then the numbers in little-endian order, each block at a multiple of four bytes.
import * as z from "zod";
import type { Extractor } from "./extract.ts";
import { BUCKETS } from "./features.ts";
import { VALUE_KINDS } from "./mentions.ts";
import type { BuiltinWeights, Head } from "./train.ts";
import { MAX_ROWS, vocabularyOf } from "./vocabulary.ts";

const MARKER = 0x31574249; // "IBW1"

const HeldOut = z.strictObject({ rows: z.number(), accuracy: z.number(), ece: z.number() });

const Header = z.strictObject({
  id: z.string(),
  buckets: z.literal(BUCKETS),
  rows: z.int().nonnegative().max(MAX_ROWS),
  unknownIdf: z.number(),
  fields: z.array(
    z.strictObject({
      field: z.string(),
      labels: z.array(z.string()).min(2),
      bias: z.array(z.number()),
      scale: z.number(),
      temperature: z.number().positive(),
      heldOut: HeldOut,
    }),
  ),
  /** Absent where there is none. */
  extractors: z
    .array(
      z.strictObject({
        field: z.string(),
        kind: z.enum(VALUE_KINDS),
        features: z.int().nonnegative(),
        scale: z.number(),
        temperature: z.number().positive(),
        coverage: z.number().min(0).max(1),
        heldOut: HeldOut,
      }),
    )
    .default([]),
});

export function encodeWeights({ id, vocabulary, fields, extractors }: BuiltinWeights): Uint8Array {
  const valued = Object.entries(extractors).map(([field, { buckets, scale, kind, temperature, coverage, heldOut }]) => {
    return { field, kind, features: buckets.length, scale, temperature, coverage, heldOut };
  });
  const header: z.input<typeof Header> = {
    id,
    buckets: BUCKETS,
    rows: vocabulary.buckets.length,
    unknownIdf: vocabulary.unknownIdf,
    fields: Object.entries(fields).map(([field, { labels, bias, scale, temperature, heldOut }]) => {
      return { field, labels, bias: [...bias], scale, temperature, heldOut };
    }),
    ...(valued.length > 0 ? { extractors: valued } : {}),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const blocks = [
    Uint32Array.of(MARKER, text.length),
    text,
    vocabulary.buckets,
    vocabulary.idf,
    ...Object.values(fields).map((head) => head.weights),
    ...Object.values(extractors).flatMap(({ buckets, weights }) => [buckets, weights]),
  ];
  const bytes = new Uint8Array(blocks.reduce((size, block) => size + padded(block.byteLength), 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), at);
    at += padded(block.byteLength);
  }
  return bytes;
}

export function decodeWeights(bytes: Uint8Array): BuiltinWeights {
  // A copy of its own: typed arrays over a foreign buffer need its alignment and keep all of it alive.
  const buffer = bytes.slice().buffer;
  if (buffer.byteLength < 8) throw new RangeError("not weights of the built-in model");
  const [marker, headerLength] = new Uint32Array(buffer, 0, 2);
  if (marker !== MARKER || 8 + headerLength! > buffer.byteLength) throw new RangeError("not weights of the built-in model");
  const header = Header.parse(JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength))));

  const rows = header.rows;
  const bucketsAt = 8 + padded(headerLength!);
  const weightsAt = bucketsAt + rows * 8;
  const size =
    header.fields.reduce((sum, { labels }) => sum + padded(rows * labels.length * 2), weightsAt) +
    header.extractors.reduce((sum, { features }) => sum + features * 4 + padded(features * 2), 0);
  if (size !== buffer.byteLength) throw new RangeError("the built-in model's weights are cut off");

  let at = weightsAt;
  const fields: Record<string, Head> = {};
  for (const { field, bias, ...rest } of header.fields) {
    const length = rows * rest.labels.length;
    fields[field] = { ...rest, bias: Float64Array.from(bias), weights: new Int16Array(buffer, at, length) };
    at += padded(length * 2);
  }
  const extractors: Record<string, Extractor> = {};
  for (const { field, features, ...rest } of header.extractors) {
    const buckets = new Uint32Array(buffer, at, features);
    extractors[field] = { ...rest, buckets, weights: new Int16Array(buffer, at + features * 4, features) };
    at += features * 4 + padded(features * 2);
  }
  const vocabulary = vocabularyOf(
    new Uint32Array(buffer, bucketsAt, rows),
    new Float32Array(buffer, bucketsAt + rows * 4, rows),
    header.unknownIdf,
  );
  return { id: header.id, vocabulary, fields, extractors };
}

const padded = (length: number) => Math.ceil(length / 4) * 4;
