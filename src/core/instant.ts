// A moment as a person or a program writes it: epoch milliseconds, or a day or instant as RFC 3339 has it. A day is its first moment, UTC.
import * as z from "zod";

export const Instant = z.union(
  [
    z.int(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.iso.date().transform((day) => Date.parse(day)),
    z.iso.datetime({ offset: true }).transform((at) => Date.parse(at)),
  ],
  "Give a day (2026-11-23), an instant (2026-11-23T14:30:00Z) or epoch milliseconds",
);
