// Microsoft Teams as a bot sees it: one organisation with a few channels and people. The token endpoint and the Bot Framework's published keys are under the same address.
import type { MakeStandIn } from "../stand-in.ts";
import { connectorApi, type Tables, teamsWords } from "./connector-api.ts";
import { teamsControl } from "./control.ts";
import { CHANNELS, PEOPLE } from "./directory.ts";
import { Keys } from "./keys.ts";

export const teamsStandIn: MakeStandIn = (world) => {
  const tables: Tables = {
    state: world.table("state"),
    channels: world.table("channels"),
    people: world.table("people"),
    activities: world.table("activities"),
  };
  const keys = new Keys(world.table("keys"));
  return {
    api: connectorApi(world, tables, keys),
    control: teamsControl(world, tables, keys),
    doorWords: teamsWords,
    seed: () => {
      tables.state.put("one", { token: "stand-in-token", perSecond: 7 });
      for (const channel of CHANNELS) tables.channels.put(channel.id, channel);
      for (const person of PEOPLE) tables.people.put(person.id, person);
    },
  };
};
