// /control/faults, /control/model, /control/settings, /control/reset: what goes wrong, what the model says, where webhooks go.
import { Hono } from "hono";
import * as z from "zod";
import { counted, FaultRule } from "../faults.ts";
import { ModelRules } from "../model/rules.ts";
import { Settings } from "../settings.ts";
import type { World } from "../world.ts";
import { read } from "./read.ts";

export function ruleControl(world: World) {
  return new Hono()
    .get("/faults", (c) => c.json(world.faults.value))
    .put("/faults", async (c) => {
      world.faults.set(counted(await read(c, z.array(FaultRule))));
      return c.json(world.faults.value);
    })
    .get("/model", (c) => c.json(world.model.value))
    .put("/model", async (c) => {
      world.model.set(await read(c, ModelRules));
      return c.json(world.model.value);
    })
    .get("/settings", (c) => c.json(world.settings.value))
    .put("/settings", async (c) => {
      world.settings.change(await read(c, Settings.partial()));
      return c.json(world.settings.value);
    })
    .post("/reset", (c) => {
      world.reset();
      return c.json({ ok: true });
    });
}
