// The page's style: light and dark by the reader's preference, one column on a phone, two on a desk. Served as a file of its own, so that
// the page's policy can forbid anything inline.

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --paper: #ffffff; --ink: #1c2430; --quiet: #5a6675; --line: #dde2e8; --chip: #eef1f4;
  --ours: #0b6b50; --ours-paper: #e7f6f0; --note: #fff6dd; --note-ink: #6b4a00; --note-line: #ecd9a0;
  --hot: #a3231c; --hot-paper: #fdeceb; --warm: #8a4b00; --warm-paper: #fff1e0; --link: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --paper: #1b2129; --ink: #e6eaf0; --quiet: #9ba7b6; --line: #2c3541; --chip: #28313c;
    --ours: #6fd8b4; --ours-paper: #13332a; --note: #2f2813; --note-ink: #e6c977; --note-line: #4d421d;
    --hot: #ff9d96; --hot-paper: #3b1b1a; --warm: #f5bd7c; --warm-paper: #35260f; --link: #7db8ff;
  }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
body { background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; padding: 0 0 32px; }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; padding: 14px 20px; background: var(--paper); border-bottom: 1px solid var(--line); }
h1 { font-size: 17px; letter-spacing: -.01em; }
header p { color: var(--quiet); font-size: 13px; }
header .refresh { margin-left: auto; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
main { display: grid; grid-template-columns: minmax(0, 1fr) 380px; gap: 24px; max-width: 1320px; margin: 0 auto; padding: 18px 20px; align-items: start; }
.side { display: grid; gap: 24px; }
h2 { font-size: 14px; margin-bottom: 10px; }
.count { font-weight: 400; color: var(--quiet); margin-left: 4px; }
ol, ul { list-style: none; }
.tickets { display: grid; grid-template-columns: repeat(auto-fill, minmax(360px, 1fr)); gap: 12px; align-items: start; }
.ticket, .channel, table { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.ticket { padding: 12px 14px 10px; overflow-wrap: anywhere; }
.ticket.written { border-left: 4px solid var(--ours); padding-left: 11px; }
.ticket.fresh { box-shadow: 0 0 0 2px var(--ours); }
h3 { font-size: 14px; line-height: 1.35; }
.number { color: var(--quiet); font-weight: 400; font-variant-numeric: tabular-nums; }
.facts { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; margin: 7px 0 9px; font-size: 12px; }
.chip { background: var(--chip); border-radius: 4px; padding: 1px 7px; }
.chip.group { background: var(--ink); color: var(--paper); font-weight: 600; }
.chip.tag { background: none; box-shadow: inset 0 0 0 1px var(--line); color: var(--quiet); }
.chip.tag::before { content: "# "; }
.priority-urgent { background: var(--hot-paper); color: var(--hot); font-weight: 600; }
.priority-high { background: var(--warm-paper); color: var(--warm); font-weight: 600; }
.priority-none, .people { color: var(--quiet); }
.people { margin-left: 2px; }
.earlier { color: var(--quiet); font-size: 12px; margin-bottom: 4px; }
.comments { display: grid; gap: 6px; }
.comment { border-left: 2px solid var(--line); padding: 1px 0 1px 9px; }
.comment.private { background: var(--note); border: 1px solid var(--note-line); border-radius: 5px; padding: 5px 9px; }
.said { font-size: 12px; color: var(--quiet); display: flex; flex-wrap: wrap; gap: 6px; align-items: baseline; }
.said strong { color: var(--ink); }
.mark { font-size: 11px; font-weight: 600; color: var(--note-ink); background: var(--note); box-shadow: inset 0 0 0 1px var(--note-line); border-radius: 3px; padding: 0 5px; }
.text { white-space: pre-wrap; display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden; }
.write { margin-top: 9px; padding-top: 7px; border-top: 1px solid var(--line); font-size: 12px; color: var(--quiet); }
.written .write { background: var(--ours-paper); color: var(--ink); margin: 9px -14px -10px -11px; padding: 7px 14px 8px 11px; border-radius: 0 0 7px 0; border-top: 0; }
.written .write strong { color: var(--ours); }
.changes { display: block; }
time { font-variant-numeric: tabular-nums; }
.channel + .channel { margin-top: 10px; }
.channel h3 { padding: 8px 12px; border-bottom: 1px solid var(--line); font-size: 13px; }
code { font: 11px/1 ui-monospace, SFMono-Regular, Menlo, monospace; color: var(--quiet); font-weight: 400; }
.message { padding: 7px 12px; overflow-wrap: anywhere; }
.message + .message { border-top: 1px solid var(--line); }
.message.reply { padding-left: 26px; }
.buttons { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px; font-size: 12px; }
.button { border: 1px solid var(--line); border-radius: 5px; padding: 2px 8px; background: var(--chip); }
table { width: 100%; border-collapse: separate; border-spacing: 0; font-size: 12px; }
th, td { text-align: left; padding: 5px 10px; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
td .mark { margin-left: 5px; }
tbody td { border-top: 1px solid var(--line); }
.answer { font-variant-numeric: tabular-nums; font-weight: 600; margin-right: 6px; }
.answer.good { color: var(--ours); }
.answer.bad { color: var(--hot); }
.empty { color: var(--quiet); margin: 4px 0; }
@media (max-width: 900px) {
  main { grid-template-columns: minmax(0, 1fr); padding: 14px 12px; gap: 20px; }
  header { padding: 12px; }
  header .refresh { margin-left: 0; }
  .tickets { grid-template-columns: minmax(0, 1fr); }
}
`;
