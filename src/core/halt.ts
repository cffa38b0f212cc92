// The kill switch, of one workflow or of everything: from its turning on no run begins a new step. Turning it off lets them go on where they stopped.

/** A switch as it stands. `scope` is a workflow's name, or "*" for everything; `at` epoch ms: the later of two turns of one scope holds. */
export interface HaltSwitch {
  readonly scope: string;
  readonly on: boolean;
  readonly by: string;
  readonly at: number;
}
