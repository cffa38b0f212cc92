// What this software holds to whatever a governance spec or a workflow says, as sentences for documents; and what it does not do. Each sentence is something that a test of
// this repository holds: a document made from them must not promise more than the code. Pure.

export interface Safeguard {
  readonly about: string;
  readonly held: string;
}

/** For every spec: what no version of it can switch off. */
export const ENGINE_RULES: readonly Safeguard[] = [
  { about: "Not listed", held: "An action or a field that this spec does not list is denied. Nobody can lift a denial." },
  { about: "Edits", held: "A person’s edit is ruled on again: the constraints of a field hold for people too." },
  {
    about: "Approvals",
    held: "An approval is of exactly the action, the record, its values before and after, and the version of the spec. If one of them has changed when the write is to be made, the approval is void and the change is ruled on anew.",
  },
  { about: "Version", held: "A run keeps the version of the spec that it began with, whatever is approved meanwhile." },
  {
    about: "Once",
    held: "A write is recorded before it leaves, and is made at most once. Where its outcome cannot be known it ends as unknown, and a person is asked; it is not repeated in silence.",
  },
  {
    about: "Model",
    held: "A model gets the declared data elements and nothing else, from a provider with an agreement in force or from the model inside this Worker. It has no tools and names no action and no field.",
  },
  {
    about: "Smuggled text",
    held: "A link, address, account, number or amount that the model’s own words bring and the record does not hold is asked about. So is a record that shows signs of speaking to the model, unless the action is never asked about.",
  },
  {
    about: "Proof",
    held: "A certificate counts for answers of the provider, model, prompt, schema and measure of confidence that it was proved for. Any other answer is asked about. So is one that the workflow’s code has changed, and one that nothing measures.",
  },
  {
    about: "Breaker",
    held: "While the breaker of a workflow is open, every write is asked about, but for actions that are never asked about. It opens by itself or by hand, and only a person closes it.",
  },
  {
    about: "Regulated",
    held: "In a regulated workflow every listed write is asked, and a second check before it leaves reads the person’s decision from the journal.",
  },
  { about: "Stop", held: "The kill switch of a workflow, or of everything, stops every new step of every run." },
  {
    about: "Record",
    held: "Each step becomes a record of who, what and when in a hash chain per run, and triggers of the database refuse to change or remove one.",
  },
];

export interface DeploymentFacts {
  readonly signsCheckpoints: boolean;
  /** Whether people are known by Cloudflare Access; a development deployment names one itself. */
  readonly access: boolean;
}

/** The measures of Art. 30(1)(g), as this deployment is set up. */
export const securityMeasures = ({ signsCheckpoints, access }: DeploymentFacts): readonly Safeguard[] => [
  {
    about: "Who may see it",
    held: access
      ? "The console and the API answer only to people and tokens that Cloudflare Access has signed in; its signed assertion is checked at each request."
      : "This is a development deployment: one local identity, and nobody signs in.",
  },
  { about: "Deliveries", held: "A delivery counts only with a valid signature over its raw bytes." },
  {
    about: "Minimisation",
    held: "A prompt is built from declared elements only. Personal data are masked as declared; a name in free text that the record does not give is not found.",
  },
  { about: "Last look", held: "The exact text of a request is searched for what must never leave, right before it leaves." },
  {
    about: "Erasure",
    held: "Contents are erased by themselves after the days named above, in the database and in the object store, by a sweep that runs every minute.",
  },
  { about: "Evidence", held: "The audit is hash-chained and append-only, and can be verified offline." },
  {
    about: "Checkpoints",
    held: signsCheckpoints
      ? "Once a day a signed checkpoint of the audit is written outside the database."
      : "Once a day a checkpoint of the audit is written outside the database. It is not signed: no key is set.",
  },
  { about: "Pages", held: "The console’s pages carry no script and none is allowed; what they show is not cached." },
];

/** What a reader might expect and does not get. */
export const NOT_DONE: readonly string[] = [
  "Interlock encrypts nothing itself: the platform’s encryption at rest is all there is.",
  "Copies in D1’s Time Travel (30 days) and exports that somebody took still hold what was erased.",
  "Dead letters, and events that no workflow listens to, are kept until somebody removes them.",
];
