// What a person may ask of a whole run. A retry goes on from the step that failed; a cancelled run takes its writes back where `compensate` says so.
import * as z from "zod";

export const RunRequest = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("pause") }),
  z.strictObject({ do: z.literal("resume") }),
  z.strictObject({ do: z.literal("cancel"), compensate: z.boolean().default(false), reason: z.string().trim().max(2000).default("") }),
  z.strictObject({ do: z.literal("retry") }),
]);
export type RunRequest = z.infer<typeof RunRequest>;
