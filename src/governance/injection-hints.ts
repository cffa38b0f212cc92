// Signs that a record speaks to the model instead of about its subject. They are reasons to ask a person and never a reason to trust: a text without any sign may
// mislead just as well. Pure, and few: a pattern that fits ordinary letters would only teach reviewers to click.

/** Characters that a person does not see: zero width, direction marks, tags (U+E0000), private use. A joiner inside an emoji or a script is ordinary. */
const HIDDEN = /[\u200b\u2060\u2062-\u2064\u202a-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;
/** One or two come from copying out of a web page. */
const HIDDEN_MANY = 3;

/** A run that decodes to something longer than a sentence. Keys and tracking codes are shorter. */
const BASE64 = /[A-Za-z0-9+/]{80,4000}={0,2}/;

const PHRASES: readonly (readonly [string, RegExp])[] = [
  [
    "asks to leave instructions aside",
    /\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:previous|prior|above|earlier|all|any|your|these|the system)\b.{0,20}\b(?:instructions?|prompts?|rules?|guidelines?|directions?)\b/i,
  ],
  [
    "asks to leave instructions aside",
    /\b(?:ignorier\p{L}{0,3}|vergiss|missachte)\b.{0,30}\b(?:anweisung|vorgabe|regel|instruktion)\p{L}{0,4}|\b(?:ignore[zr]?|oublie[zr]?)\b.{0,20}\binstructions\b|\bignora\b.{0,20}\binstruc?ciones\b/iu,
  ],
  ["names the model's own messages", /\b(?:system prompt|system message|developer message|systemprompt)\b/i],
  ["gives the model a role", /\b(?:you are now|act as an? (?:ai|assistant|unrestricted)|pretend (?:to be|you are)|from now on,? you)\b/i],
  [
    "holds a chat's markup",
    /<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[\/?INST\]|<<\/?SYS>>|^#{2,4} ?(?:system|instruction|assistant)s?:/im,
  ],
  [
    "says what to answer",
    /\b(?:classify|categori[sz]e|label|route|mark|set)\b.{0,30}\b(?:this|the|it)\b.{0,40}\b(?:as|to)\b.{0,20}["'“][\p{L}_-]{2,30}["'”]|\b(?:respond|reply|answer|output) (?:only )?with\b.{0,20}["'“{]/iu,
  ],
];

/** What was noticed, in words for a reviewer; nothing twice. */
export function injectionHints(text: string): string[] {
  const hints = new Set<string>();
  if ((text.match(HIDDEN)?.length ?? 0) >= HIDDEN_MANY) hints.add("has hidden characters");
  if (BASE64.test(text)) hints.add("holds a long encoded run");
  for (const [hint, pattern] of PHRASES) if (pattern.test(text)) hints.add(hint);
  return [...hints];
}
