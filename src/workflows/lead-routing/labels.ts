// The answers that may be given about a new lead, and how it is asked for them. Changing one changes what the model is asked and what it was measured on.
import * as z from "zod";

/** high: wants to buy, soon, and can decide. medium: interested, no date. low: a question, a student, an advertisement. */
export const SCORES = ["low", "medium", "high"] as const;
export type Score = (typeof SCORES)[number];

/** enterprise: a large company or an authority. business: any other company. other: a private person, or nobody can tell. */
export const SEGMENTS = ["enterprise", "business", "other"] as const;
export type Segment = (typeof SEGMENTS)[number];

export const LeadJudgement = z.object({ score: z.enum(SCORES), segment: z.enum(SEGMENTS) });

export const INSTRUCTION =
  "How likely is this new lead to buy soon (score), and which kind of customer would it be (segment: enterprise for large companies and authorities, business for other companies, other for private persons and where it cannot be told)?";
