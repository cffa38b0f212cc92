// Puts a provider's card on record: which data-processing agreement covers it at a host, from when to when, where it processes. It is the data-protection officer's to
// say; a change is a new row, and each stays. Whether a call may be made is decided at the call (governance/data-flow.ts), from the latest.
import * as z from "zod";
import { ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { readCard, recordCard } from "../db/provider-cards.ts";
import { type RecordedCard, TRANSFERS, type Transfer } from "../governance/card-standing.ts";
import type { Context } from "./context.ts";
import { permit } from "./require-role.ts";

export { type RecordedCard, TRANSFERS };

const Day = z.iso.date("Give a day that there is, as YYYY-MM-DD");

export const CardInput = z
  .strictObject({
    provider: z.string().trim().min(1, "Name the provider, as src/config.ts does").max(100),
    /** Compared with the address that requests go to: small letters, and no path. */
    host: z
      .string()
      .trim()
      .toLowerCase()
      .max(255)
      .regex(
        /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/,
        "Give the host of the provider's address and nothing else, such as api.example.com",
      ),
    /** Null while there is none, or once it was taken back: then nothing is sent. */
    dpaSignedOn: Day.nullable(),
    /** The last day on which it holds; null where it has no end. */
    dpaExpires: Day.nullable(),
    region: z.string().trim().toLowerCase().min(1, 'Say where it is processed, in the word that elements ask for, such as "eu"').max(60),
    zeroRetention: z.boolean("Say true or false: does the provider keep nothing of a request?"),
    transfer: z.enum(
      Object.keys(TRANSFERS) as [Transfer, ...Transfer[]],
      `Say what covers a transfer: ${Object.keys(TRANSFERS).join(", ")}`,
    ),
  })
  .superRefine(({ dpaSignedOn, dpaExpires }, context) => {
    if (dpaExpires === null) return;
    const message =
      dpaSignedOn === null
        ? "A day on which it was signed is missing: an agreement that was not signed does not end"
        : dpaExpires < dpaSignedOn
          ? `is before the day on which it was signed, ${dpaSignedOn}`
          : null;
    if (message !== null) context.addIssue({ code: "custom", path: [dpaSignedOn === null ? "dpaSignedOn" : "dpaExpires"], message });
  });
export type CardInput = z.infer<typeof CardInput>;

export async function recordProviderCard(
  { env }: Pick<Context, "env">,
  principal: Principal,
  input: CardInput,
  now: number,
): Promise<Result<RecordedCard>> {
  const denied = permit(principal, "record provider cards", null);
  if (denied) return denied;
  const card: RecordedCard = { ...input, recordedAt: now, recordedBy: principal.id };
  await recordCard(env.DB, card);
  return ok((await readCard(env.DB, card)) ?? card);
}
