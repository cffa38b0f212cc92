// GET /: what the stand-ins know, for a person to look at. Everything shown came from outside and is escaped by the renderer.
import { Hono } from "hono";
import type { World } from "../world.ts";
import { Home } from "./home.tsx";
import { STYLE } from "./style.ts";
import { viewOf } from "./view.ts";

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function pageRoutes(world: World) {
  return new Hono()
    .get("/", async (c) => {
      c.header("content-security-policy", POLICY);
      c.header("cache-control", "no-store");
      const page = <Home view={viewOf(world)} refresh={c.req.query("refresh") !== "off"} />;
      return c.html(`<!doctype html>${await page}`);
    })
    .get("/style.css", (c) => c.body(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
}
