// npm run demo: one ticket after another through all five layers, on this machine, with no account and no key. Stays up until Ctrl-C.
// npm run demo -- --check: the same, with a reviewer played through the console's forms; asserts the end states, says one summary line, exits 0 or 1.
import { checkStory } from "./check.ts";
import { describe, pad, tellStory } from "./story.ts";
import { type Surroundings, startSurroundings } from "./surroundings.ts";

const check = process.argv.includes("--check");
const unknown = process.argv.slice(2).filter((argument) => argument !== "--check");
if (unknown.length > 0) {
  console.error(`Unknown option ${unknown[0]}. Use: npm run demo, or npm run demo -- --check`);
  process.exit(2);
}
const say = (line: string) => console.log(line);
let surroundings: Surroundings | null = null;
let leaving = false;
const leave = async (code: number) => {
  if (leaving) return;
  leaving = true;
  await surroundings?.stop();
  process.exit(code);
};
process.on("SIGINT", () => void leave(0));
process.on("SIGTERM", () => void leave(0));

const began = Date.now();
try {
  say("Starting Interlock and the sandbox (Zendesk and Slack stand-ins), migrating, approving the demo's governance spec ...");
  surroundings = await startSurroundings({
    state: check ? ".state/check" : ".state/demo",
    say,
    ...(check ? { ports: [8887, 8888] as const } : {}),
  });
  const ready = Date.now();
  say(
    `Up after ${((ready - began) / 1000).toFixed(1)} s. The model is the built-in statistical model (not a language model); it is trained on first use.\n`,
  );
  let firstApplied = 0;
  const story = await tellStory(surroundings, (line) => {
    if (!firstApplied && line.includes("routed to")) firstApplied = Date.now();
    say(line);
  });
  say(`\nFirst automatic write ${((firstApplied - began) / 1000).toFixed(1)} s after the command.`);

  if (check) {
    const { passed, broken } = await checkStory(story, say);
    for (const claim of broken) say(`BROKEN: ${claim}`);
    say(`\ndemo check: ${passed} claims hold, ${broken.length} broken, in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    await leave(broken.length === 0 ? 0 : 1);
  } else {
    say("\nWhat became of each ticket:");
    for (const run of (await story.console.runs()).reverse()) {
      const subject = story.sent.find(({ id }) => String(id) === run.subject)?.ticket.subject ?? "";
      say(`  ticket ${run.subject}  ${pad(subject, 48)} ${describe(run)}`);
    }
    say(`
Console   ${surroundings.interlock.url}/approvals   decide what waits for you
          ${surroundings.interlock.url}/runs        every run, its timeline, and undo
Sandbox   ${surroundings.sandbox.url}/            the business systems' records, as they change
Press Ctrl-C to stop.`);
    await new Promise(() => {});
  }
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : error}`);
  console.error("The Workers' own output is in .state/*/interlock.log and sandbox.log.");
  await leave(1);
}
