// Which part of the sandbox answers which address. Per vendor: count what asks to write, then faults, then the vendor's own door, then
// the resource. The control routes and the page are the sandbox's own and meet no fault.
import { Hono, type MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { ruleControl } from "./control/rules.ts";
import { slackControl } from "./control/slack.ts";
import { stateControl } from "./control/state.ts";
import { ticketControl } from "./control/tickets.ts";
import { bareStatus, faultGate, saying } from "./fault-gate.ts";
import { Gathering, gather } from "./gathering.ts";
import { modelRefusal } from "./model/refusal.ts";
import { modelRoutes } from "./model/routes.ts";
import { pageRoutes } from "./page/routes.tsx";
import { countMessages, slackWords } from "./slack/door.ts";
import { slackMethods } from "./slack/methods.ts";
import { responseRoutes } from "./slack/response.ts";
import type { World } from "./world.ts";
import { accountRoutes } from "./zendesk/account-routes.ts";
import { commentRoutes } from "./zendesk/comments.ts";
import { countWrites, door, type ZendeskVariables, zendeskRefusal } from "./zendesk/door.ts";
import { peopleRoutes } from "./zendesk/people-routes.ts";
import { ticketRoutes } from "./zendesk/tickets.ts";

export function sandboxApp(world: World) {
  const zendesk = new Hono<ZendeskVariables>()
    .use(door(world))
    .route("/tickets", ticketRoutes(world))
    .route("/tickets", commentRoutes(world))
    .route("/", peopleRoutes(world))
    .route("/", accountRoutes(world))
    .all("*", (c) => c.json({ error: "InvalidEndpoint", description: "Not found" }, 404));

  // Zendesk's paths may end in ".json"; nobody else's do.
  const together = gather(new Gathering());
  const app = new Hono({ getPath: (request) => new URL(request.url).pathname.replace(/\.json$/, "") })
    .use(
      "/zendesk/*",
      together,
      dated(world, "zendesk"),
      countWrites(world, "/zendesk/api/v2"),
      faultGate(world, "zendesk", "/zendesk", zendeskRefusal),
    )
    .route("/zendesk/api/v2", zendesk)
    .use("/slack/api/*", together, dated(world, "slack"), countMessages(world), faultGate(world, "slack", "/slack", saying(slackWords)))
    .route("/slack/api", slackMethods(world))
    .route("/slack/response", responseRoutes(world))
    .use("/model/*", faultGate(world, "model", "/model", modelRefusal))
    .route("/model", modelRoutes(world))
    .route("/control", ticketControl(world))
    .route("/control", ruleControl(world))
    .route("/control/slack", slackControl(world))
    .route("/control/state", stateControl(world))
    .route("/", pageRoutes(world));

  for (const [system, standIn] of world.standIns.all) {
    app
      .use(`/${system}/*`, together, dated(world, system), faultGate(world, system, `/${system}`, saying(standIn.doorWords ?? bareStatus)))
      .route(`/${system}`, standIn.api)
      .route(`/control/${system}`, standIn.control)
      .get(`/control/${system}/state`, (c) => c.json(world.standIns.contents(system)));
  }

  app.notFound((c) => c.json({ error: "the sandbox has nothing here", path: c.req.path }, 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    console.error(error);
    return c.json({ error: "the sandbox itself failed", message: error.message }, 500);
  });
  return app;
}

/** Every vendor's answers carry the time, and a clock that was set wrong shows there. */
function dated(world: World, system: string): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const ahead = world.settings.value.clocks_ahead_ms[system];
    if (ahead !== undefined || !c.res.headers.has("date")) c.res.headers.set("date", new Date(Date.now() + (ahead ?? 0)).toUTCString());
  };
}
