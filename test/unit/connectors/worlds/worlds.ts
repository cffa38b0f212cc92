// A fresh world for every write action of the registry, by its full name.
import type { ActionWorld } from "./action-world.ts";
import { freshdeskWorlds } from "./freshdesk-worlds.ts";
import { slackWorlds } from "./slack-worlds.ts";
import { zendeskWorlds } from "./zendesk-worlds.ts";

export const WORLDS: Readonly<Record<string, () => ActionWorld>> = {
  ...zendeskWorlds,
  ...slackWorlds,
  ...freshdeskWorlds,
};
