// Stands in for "cloudflare:workers" where a partition is run in Node: the base class of an object, and nothing else of the platform.
export class DurableObject<E = unknown> {
  protected readonly ctx: unknown;
  protected readonly env: E;
  constructor(ctx: unknown, env: E) {
    this.ctx = ctx;
    this.env = env;
  }
}
