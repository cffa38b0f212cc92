// A text as hashed features: its words, pairs of neighbouring words, and the 3 to 5 character pieces of each word.
// The pieces carry typos and word endings. It must not keep a dictionary: a feature is a bucket number, so nothing of a text can be read back.
// Sequence: fold case and digits -> words (at most 400) -> buckets, repeated as often as they occur.

const BUCKET_BITS = 18;
export const BUCKETS = 1 << BUCKET_BITS;

export const MAX_WORDS = 400;
const MAX_WORD_LENGTH = 30;
// Enough for 400 long words; what lies beyond is not even folded.
const MAX_CHARACTERS = 16_000;

export interface HashedText {
  /** Bucket numbers below BUCKETS, in the order of the text, repeated. */
  buckets: Uint32Array;
  /** Words read, at most MAX_WORDS. */
  words: number;
}

const FNV_PRIME = 0x01000193;
const WORD_SEED = 0x811c9dc5;
const PIECE_SEED = 0x2f0b4a27;
const SPACE = 32;

// One text at a time and never across an await, so one buffer serves every call.
const found = new Uint32Array(MAX_WORDS * (2 + 3 * (MAX_WORD_LENGTH + 2)));
const word = new Uint16Array(MAX_WORD_LENGTH + 2);

export function hashText(text: string): HashedText {
  const folded = text.slice(0, MAX_CHARACTERS).normalize("NFKC").toLowerCase();
  let count = 0;
  let words = 0;
  let previous = 0;
  let length = 0;
  word[0] = SPACE;
  for (let at = 0; at <= folded.length && words < MAX_WORDS; at++) {
    const unit = at < folded.length ? folded.charCodeAt(at) : SPACE;
    const letter = letterOf(unit);
    if (letter === SKIP) continue;
    if (letter !== BREAK) {
      if (length < MAX_WORD_LENGTH) word[++length] = letter;
      continue;
    }
    if (length === 0) continue;
    word[length + 1] = SPACE;
    let whole = WORD_SEED;
    for (let i = 1; i <= length; i++) whole = Math.imul(whole ^ word[i]!, FNV_PRIME);
    found[count++] = bucketOf(whole);
    if (words > 0) found[count++] = bucketOf(Math.imul(previous, 31) ^ whole);
    count = pieces(length + 2, count);
    previous = whole;
    words++;
    length = 0;
  }
  return { buckets: found.slice(0, count), words };
}

/** The 3, 4 and 5 character pieces of the word in the buffer, with one space on either side. */
function pieces(length: number, from: number): number {
  let count = from;
  for (let start = 0; start + 3 <= length; start++) {
    let hash = PIECE_SEED;
    const stop = Math.min(start + 5, length);
    for (let i = start; i < stop; i++) {
      hash = Math.imul(hash ^ word[i]!, FNV_PRIME);
      if (i - start >= 2) found[count++] = bucketOf(hash + (i - start));
    }
  }
  return count;
}

function bucketOf(hash: number): number {
  let mixed = hash ^ (hash >>> 15);
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  mixed = Math.imul(mixed, 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> (32 - BUCKET_BITS);
}

const BREAK = 0;
const SKIP = 1;
const ZERO = 48;

/** The letter as features see it: digits are all one digit (order numbers say nothing), apostrophes vanish, the rest breaks words. */
function letterOf(unit: number): number {
  if (unit >= 97 && unit <= 122) return unit;
  if (unit >= 48 && unit <= 57) return ZERO;
  if (unit < 0x80) return unit === 39 ? SKIP : BREAK;
  if (unit === 0x2019) return SKIP;
  if (unit < 0xc0 || unit === 0xd7 || unit === 0xf7) return BREAK;
  // General punctuation, symbols and arrows; CJK punctuation.
  return (unit >= 0x2000 && unit < 0x2c00) || (unit >= 0x3000 && unit <= 0x303f) ? BREAK : unit;
}
