// A door through which calls that we held back ourselves wait for their turn. For whoever asks much at once and has nobody waiting behind: an integration assessment,
// which has a dozen questions for a system that runs may call a few times a second. A run waits by its timer instead, and lets others go on.
// What the system itself refuses is not asked again.
import { failureOf } from "../core/errors.ts";
import type { Http } from "./define.ts";

/** A budget that refills is back in seconds; what takes longer is a day's quota or a pause that the system asked for. */
const LONGEST_MS = 5_000;
/** Others call as well, and may be there first. */
const TURNS = 10;

export const inTurn = (http: Http, pause: (ms: number) => Promise<void>): Http => ({
  ...http,
  send: async (request) => {
    for (let turn = 1; ; turn++) {
      try {
        return await http.send(request);
      } catch (thrown) {
        const { code, retryAfterMs = 0 } = failureOf(thrown);
        if (code !== "connector.held_back" || turn >= TURNS || retryAfterMs > LONGEST_MS) throw thrown;
        await pause(retryAfterMs);
      }
    }
  },
});
