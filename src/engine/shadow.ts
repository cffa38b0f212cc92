// Without the power to write: what a run gets whose spec is not live. Its writes come without `apply` and `undo`, and every system is reached by requests that read, so
// that nothing which goes wrong elsewhere (a ruling, a fold, a connector) can let a write out. It decides nothing about a write.
import type { AnyWriteAction, Http } from "../connectors/define.ts";
import { InterlockError } from "../core/errors.ts";
import type { GovernanceSpec } from "../governance/spec.ts";

/** A write as far as the protocol may use it; `apply` is null where there is no power to write. */
export type BoundWrite = Omit<AnyWriteAction, "apply" | "undo"> & {
  readonly apply: AnyWriteAction["apply"] | null;
  readonly undo: Pick<AnyWriteAction["undo"], "kind">;
};

export const mayWrite = ({ mode }: Pick<GovernanceSpec, "mode">): boolean => mode === "live";

export const boundWrite = (spec: Pick<GovernanceSpec, "mode">, action: AnyWriteAction): BoundWrite =>
  mayWrite(spec) ? action : { ...action, apply: null, undo: { kind: action.undo.kind } };

export const readOnly = (http: Http): Http => ({
  send: (request) =>
    request.method === "GET" || request.reads
      ? http.send(request)
      : Promise.reject(
          new InterlockError("workflow.undeclared", `Shadow mode: ${request.method} ${request.path} is not sent, only what reads is`),
        ),
  remember: (key, ttlMs, load) => http.remember(key, ttlMs, load),
  settings: http.settings,
});
