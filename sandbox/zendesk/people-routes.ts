// /api/v2/users and /api/v2/groups: read only. Who is who is seeded; see directory.ts. The search knows a whole address, as `email:…`.
import { Hono } from "hono";
import type { World } from "../world.ts";
import { NOT_FOUND } from "./answers.ts";
import { API_USER, GROUPS } from "./directory.ts";
import type { ZendeskVariables } from "./door.ts";
import { paged, pageOf } from "./paging.ts";

export function peopleRoutes(world: World) {
  return new Hono<ZendeskVariables>()
    .get("/users/me", (c) => {
      const actor = c.get("actor");
      const role = actor === API_USER ? { role: world.settings.value.zendesk_role } : {};
      return c.json({ user: { ...world.people.get(actor), ...role } });
    })
    .get("/users/search", (c) => {
      const email = /^email:(.+)$/.exec(c.req.query("query") ?? "")?.[1];
      const user = email === undefined ? undefined : world.people.withEmail(email);
      return c.json({ users: user ? [user] : [], next_page: null, previous_page: null, count: user ? 1 : 0 });
    })
    .get("/users/:id{[0-9]+}", (c) => {
      const user = world.people.get(Number(c.req.param("id")));
      return user ? c.json({ user }) : c.json(NOT_FOUND, 404);
    })
    .get("/groups", (c) =>
      c.json(
        paged(
          "groups",
          [...GROUPS],
          pageOf((key) => c.req.query(key)),
          new URL(c.req.url),
        ),
      ),
    )
    .get("/groups/:id{[0-9]+}", (c) => {
      const group = GROUPS.find(({ id }) => id === Number(c.req.param("id")));
      return group ? c.json({ group }) : c.json(NOT_FOUND, 404);
    });
}
