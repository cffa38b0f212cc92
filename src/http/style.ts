// The console's one stylesheet: a small design system (tokens, type, spacing, one accent colour, chips whose meaning never hangs on colour alone), light and dark
// by the reader's preference, from 320 px up. Served as a file of its own, so that the content policy can forbid anything inline.
import { sha256Hex } from "../core/crypto.ts";

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f7; --surface: #ffffff; --sunken: #f1f3f5; --ink: #16202a; --quiet: #55606d; --line: #e1e5e9; --edge: #b9c1ca;
  --accent: #0b6470; --accent-strong: #084b55; --on-accent: #ffffff; --accent-soft: #e0f0f2;
  --good: #17663a; --good-soft: #e5f4ea; --warn: #7f4b00; --warn-soft: #fdf0d9; --bad: #a0241d; --bad-soft: #fcebe9; --info: #27559a; --info-soft: #e6eef9;
  --s1: 4px; --s2: 8px; --s3: 12px; --s4: 16px; --s5: 24px; --s6: 32px; --s7: 48px;
  --round: 10px; --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1419; --surface: #171e25; --sunken: #11171d; --ink: #e5eaef; --quiet: #9aa7b4; --line: #28323c; --edge: #4a5764;
    --accent: #5ec4d1; --accent-strong: #86dbe5; --on-accent: #06262b; --accent-soft: #12333a;
    --good: #7fd3a0; --good-soft: #14301f; --warn: #f0bd74; --warn-soft: #35270f; --bad: #ff9f97; --bad-soft: #3a1b19; --info: #93bdf5; --info-soft: #172841;
  }
}
*, *::before, *::after { box-sizing: border-box; }
* { margin: 0; }
body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
h1, h2, h3 { line-height: 1.3; letter-spacing: -0.01em; text-wrap: pretty; overflow-wrap: anywhere; }
h1 { font-size: 25px; font-weight: 650; }
h2 { font-size: 16px; font-weight: 650; }
h3 { font-size: 14px; font-weight: 650; }
p, li, dd, td, th { overflow-wrap: anywhere; }
ol, ul { padding: 0; list-style: none; }
a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-strong); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
time, .share, .count { font-variant-numeric: tabular-nums; }
code, pre { font-family: var(--mono); font-size: 13px; }
.quiet, .meta { color: var(--quiet); }
.small, .meta { font-size: 13px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: var(--s3); top: -60px; z-index: 1; padding: var(--s2) var(--s4); background: var(--surface); border-radius: 0 0 var(--round) var(--round); }
.skip:focus { top: 0; }
.bounds { max-width: 1160px; margin-inline: auto; padding-inline: var(--s5); }
main { padding-block: var(--s6) var(--s7); }
footer p { padding-block: var(--s4) var(--s6); border-top: 1px solid var(--line); color: var(--quiet); font-size: 13px; }

.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.top > .bounds { display: flex; flex-wrap: wrap; align-items: center; gap: 0 var(--s4); min-height: 56px; }
.brand { display: flex; align-items: center; gap: var(--s2); color: var(--ink); font-weight: 700; font-size: 16px; letter-spacing: -0.015em; text-decoration: none; }
.brand svg { color: var(--accent); }
.top ul { display: flex; flex-wrap: wrap; gap: 0 var(--s1); }
.top nav a { display: block; padding: 17px var(--s3) 14px; border-bottom: 3px solid transparent; color: var(--quiet); text-decoration: none; font-weight: 550; white-space: nowrap; }
.top nav a:hover { color: var(--ink); }
.top nav a[aria-current] { color: var(--ink); border-bottom-color: var(--accent); }
.top .beside { border-top: 1px solid var(--line); background: var(--sunken); }
.top .beside a { padding: 9px var(--s3) 7px; border-bottom-width: 2px; font-size: 14px; }
.top .beside ul { padding-inline: calc(var(--s5) - var(--s3)); }
.count { display: inline-block; min-width: 22px; padding: 0 6px; border-radius: 11px; background: var(--sunken); color: var(--quiet); font-size: 12px; line-height: 20px; text-align: center; }
.count.some { background: var(--accent); color: var(--on-accent); font-weight: 650; }
.who { margin-left: auto; padding-block: var(--s3); color: var(--quiet); font-size: 13px; }

.stopped { background: var(--bad-soft); color: var(--bad); border-top: 1px solid var(--bad); }
.stopped .bounds { display: grid; min-height: 0; padding-block: var(--s2); font-size: 14px; }
.stopped a { color: inherit; font-weight: 600; white-space: nowrap; }
.stopped .mark { vertical-align: -1px; }

.page-head { display: grid; gap: var(--s2); justify-items: start; margin-bottom: var(--s5); }
.lead { max-width: 68ch; color: var(--quiet); }
.crumb { font-size: 13px; }
.crumb a::before { content: "‹ "; }
.tabs ul { display: flex; flex-wrap: wrap; gap: var(--s2); margin-bottom: var(--s4); }
.tabs a { display: block; padding: 5px var(--s3); border: 1px solid var(--line); border-radius: 999px; background: var(--surface); color: var(--quiet); font-size: 14px; text-decoration: none; }
.tabs a:hover { border-color: var(--edge); color: var(--ink); }
.tabs a[aria-current] { border-color: var(--accent); background: var(--accent-soft); color: var(--ink); font-weight: 600; }

.chip { display: inline-flex; align-items: center; gap: 6px; padding: 2px 9px 2px 7px; border-radius: 6px; background: var(--sunken); color: var(--quiet); font-size: 13px; font-weight: 600; line-height: 20px; box-shadow: inset 0 0 0 1px var(--line); }
.mark { flex: none; }
.chip.good { background: var(--good-soft); color: var(--good); box-shadow: none; }
.chip.warn { background: var(--warn-soft); color: var(--warn); box-shadow: none; }
.chip.bad { background: var(--bad-soft); color: var(--bad); box-shadow: none; }
.chip.info { background: var(--info-soft); color: var(--info); box-shadow: none; }

.cards { display: grid; gap: var(--s3); }
.card, .panel, .list, .empty { background: var(--surface); border: 1px solid var(--line); border-radius: var(--round); }
.card { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); padding: var(--s4) var(--s5); position: relative; }
.card:hover { border-color: var(--edge); }
.card-main { flex: 1 1 420px; display: grid; gap: var(--s1); }
.card h2 a { text-decoration: none; }
.card h2 a::after { content: ""; position: absolute; inset: 0; border-radius: var(--round); }
.card h2 a:hover { text-decoration: underline; }
.card .over { position: relative; z-index: 1; justify-self: start; }
.said { display: grid; gap: var(--s3); }
.about { color: var(--quiet); font-weight: 550; }
.card-side { display: grid; align-content: start; justify-items: end; gap: var(--s1); font-size: 14px; }
.card.soon, .card.overdue { overflow: clip; }
.card.soon::before, .card.overdue::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 5px; background: var(--warn); }
.card.overdue::before { background: var(--bad); }
.due { display: inline-flex; align-items: center; gap: 6px; color: var(--quiet); font-weight: 550; }
.due .mark { margin-top: 1px; }
.due.soon { color: var(--warn); font-weight: 650; }
.due.overdue { color: var(--bad); font-weight: 650; }
.empty { padding: var(--s7) var(--s5); text-align: center; }
.empty p { max-width: 58ch; margin: var(--s2) auto 0; color: var(--quiet); }
.paging { margin-top: var(--s4); }

.list { width: 100%; border-collapse: separate; border-spacing: 0; table-layout: fixed; }
.list .record { width: 26%; }
.list .time { width: 224px; }
.list .button-only { width: 128px; }
.list th, .list td { padding: var(--s3) var(--s4); text-align: left; vertical-align: top; font-weight: 400; }
.list thead th { padding-block: var(--s2); color: var(--quiet); font-size: 13px; font-weight: 600; }
.list tbody th, .list tbody td { border-top: 1px solid var(--line); }
.list tbody tr:hover > * { background: var(--sunken); }
.list tbody tr:last-child > :first-child { border-bottom-left-radius: var(--round); }
.list tbody tr:last-child > :last-child { border-bottom-right-radius: var(--round); }
.list th a { font-weight: 600; }
.list .meta, .stage .meta { display: block; margin-top: 2px; }
.list time { white-space: nowrap; }

.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 420px); gap: var(--s4); align-items: start; }
.column { display: grid; gap: var(--s4); min-width: 0; }
.stays { position: sticky; top: var(--s4); }
.stays:has(details[open]) { position: static; }
.panel { padding: var(--s4) var(--s5) var(--s5); display: grid; gap: var(--s3); min-width: 0; }
.panel > h2 { padding-bottom: var(--s2); border-bottom: 1px solid var(--line); }
.record-title { font-size: 17px; font-weight: 650; line-height: 1.35; }
.prose { max-width: 70ch; }
.prose h3, .facts dt { color: var(--quiet); font-size: 13px; font-weight: 550; }
.prose p { white-space: pre-wrap; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: var(--s3) var(--s4); }
.aside .facts { grid-template-columns: minmax(0, 1fr); gap: var(--s2); }
.aside .facts div { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: var(--s3); align-items: baseline; }
.value { white-space: pre-wrap; }

.answer { display: grid; gap: var(--s4); }
.answer + .answer { padding-top: var(--s4); border-top: 1px solid var(--line); }
.answer h3 .quiet { font-weight: 400; font-size: 13px; }
.choice { display: grid; gap: 3px; }
.option { display: grid; grid-template-columns: 64px minmax(0, 120px) minmax(0, 1fr) 58px; gap: var(--s3); align-items: center; font-size: 13px; color: var(--quiet); }
.option.chosen { font-size: 15px; color: var(--ink); }
.option > :first-child { text-align: right; }
.share { text-align: right; }
.bar { display: block; width: 100%; height: 5px; border-radius: 3px; }
.bar.strong { height: 9px; }
.bar .track { fill: var(--line); }
.bar .fill { fill: var(--edge); }
.bar.strong .fill { fill: var(--accent); }
.bar .tick { fill: var(--ink); }
.model-name { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s3); align-items: baseline; color: var(--quiet); }
.model-name code { font-size: 12px; }

.change { width: 100%; border-collapse: collapse; table-layout: fixed; }
.change thead th:first-child { width: 26%; }
.change thead th:nth-child(3) { width: 42%; }
.change caption { padding-bottom: var(--s2); text-align: left; font-weight: 600; font-size: 14px; }
.change th, .change td { padding: 7px var(--s3) 7px 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
.change thead th { border-top: 0; padding-block: 2px; color: var(--quiet); font-size: 13px; font-weight: 550; }
.change tbody th { color: var(--quiet); font-weight: 550; }
.change .before { color: var(--quiet); }
.change .before .value { text-decoration: line-through; text-decoration-color: var(--edge); }
.change .after { font-weight: 650; }
.change .same .before .value { text-decoration: none; }
.change .same .after { font-weight: 400; }

.button, button { display: inline-block; padding: 8px var(--s4); border: 1px solid var(--edge); border-radius: 8px; background: var(--surface); color: var(--ink); font: inherit; font-size: 14px; font-weight: 600; line-height: 20px; text-align: center; text-decoration: none; cursor: pointer; }
.button:hover { background: var(--sunken); color: var(--ink); }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.button.primary:hover { border-color: var(--accent-strong); background: var(--accent-strong); }
.button.danger { border-color: var(--bad); color: var(--bad); }
.button.danger:hover { background: var(--bad-soft); color: var(--bad); }
.wide { width: 100%; }
.button.jump, .narrow-only, .list .meta.narrow-only { display: none; }
.decide { display: grid; gap: var(--s3); }
.decide > form p { margin-top: 6px; text-align: center; }
.decide details > form { display: grid; gap: var(--s4); justify-items: start; margin-top: var(--s2); padding: var(--s4); border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); }
summary { cursor: pointer; }
summary.button { list-style: none; }
summary.button::-webkit-details-marker { display: none; }
summary.button::after { content: " ▾"; color: var(--quiet); }
details[open] > summary.button::after { content: " ▴"; }
.field { display: grid; gap: var(--s1); width: 100%; }
label { font-weight: 600; font-size: 14px; }
input[type="text"], input[type="number"], input[type="date"], select, textarea { width: 100%; padding: 8px 10px; border: 1px solid var(--edge); border-radius: 8px; background: var(--surface); color: var(--ink); font: inherit; }
textarea { resize: vertical; }
[aria-invalid] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad); }
.error { color: var(--bad); font-size: 14px; font-weight: 550; }
.undo { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s3); }
.links { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s3); }
blockquote { padding-left: var(--s3); border-left: 3px solid var(--edge); white-space: pre-wrap; overflow-wrap: anywhere; }
.note { padding: var(--s2) var(--s3); border-radius: 8px; background: var(--warn-soft); font-size: 14px; }
.note ul { padding-left: var(--s4); list-style: disc; }
.banner { display: grid; gap: var(--s2); margin-bottom: var(--s4); padding: var(--s4) var(--s5); border: 1px solid var(--line); border-left: 5px solid var(--edge); border-radius: var(--round); background: var(--surface); }
.banner.good { border-left-color: var(--good); background: var(--good-soft); border-color: var(--good); }
.banner.warn { border-left-color: var(--warn); background: var(--warn-soft); border-color: var(--warn); }
.banner.bad { border-left-color: var(--bad); background: var(--bad-soft); border-color: var(--bad); }
fieldset { display: grid; gap: var(--s3); margin-block: var(--s2) var(--s4); padding: 0; border: 0; }
legend { padding: 0 0 var(--s1); font-weight: 600; }
.radio { display: grid; grid-template-columns: 20px minmax(0, 1fr); gap: 0 var(--s2); align-items: center; }
.radio p { grid-column: 2; }
.radio input { margin: 0; width: 16px; height: 16px; accent-color: var(--accent); }

.filter { display: flex; flex-wrap: wrap; align-items: end; gap: var(--s3); margin-bottom: var(--s4); }
.filter .field { flex: 1 1 200px; max-width: 360px; }
.check { display: flex; align-items: center; gap: var(--s2); }
.check input { margin: 0; width: 16px; height: 16px; accent-color: var(--accent); }
.replay-all { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s3) var(--s4); margin-bottom: var(--s4); }
.replay-all p { flex-basis: 100%; }
.letter { display: grid; gap: var(--s2); justify-items: start; }
.letter .json { justify-self: stretch; }

.control { margin-bottom: var(--s4); }
.act { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s3); }
.act p { flex: 1 1 300px; max-width: 78ch; }
.more > summary { justify-self: start; }
.more > form, .many > form { display: grid; gap: var(--s3); justify-items: start; }
.more > form { max-width: 640px; margin-top: var(--s2); padding: var(--s4); border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); }
.more fieldset, .many fieldset { margin-block: 0; }
.many { display: block; margin-bottom: var(--s4); padding-block: var(--s3); }
.many > summary { font-weight: 600; }
.many > form { padding-block: var(--s3) var(--s2); }
.many .field { max-width: 520px; }
.switch > details { justify-self: stretch; }
.between { margin-block: var(--s6) var(--s3); }
.list .version-state { width: 34%; }
.list .number { width: 104px; font-variant-numeric: tabular-nums; text-align: right; }

.bullets { display: grid; gap: var(--s1); padding-left: var(--s4); list-style: disc; }
textarea.document { font-family: var(--mono); font-size: 13px; line-height: 1.5; }
.digest { overflow-wrap: anywhere; }
.status-line { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s3); }
.plain { display: grid; gap: var(--s4); }
.plain .status-line { margin-top: var(--s1); }
.write { display: grid; gap: var(--s2); }
.write + .write { padding-top: var(--s4); border-top: 1px solid var(--line); }
.write-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: var(--s2); }
.timeline { --rail: 116px; }
.timeline li { position: relative; display: grid; grid-template-columns: calc(var(--rail) - 20px) minmax(0, 1fr); gap: 40px; padding-bottom: var(--s4); }
.timeline li::before { content: ""; position: absolute; left: var(--rail); top: 8px; bottom: -8px; width: 1px; background: var(--line); }
.timeline li:last-child::before { display: none; }
.timeline li::after { content: ""; position: absolute; left: calc(var(--rail) - 4px); top: 7px; width: 9px; height: 9px; border-radius: 50%; background: var(--surface); border: 2px solid var(--edge); }
.timeline li.good::after { border-color: var(--good); background: var(--good); }
.timeline li.warn::after { border-color: var(--warn); background: var(--warn); border-radius: 1px; transform: rotate(45deg); }
.timeline li.bad::after { border-color: var(--bad); background: var(--bad); border-radius: 1px; }
.timeline time { color: var(--quiet); font-size: 13px; text-align: right; line-height: 22px; }
.timeline .day { display: block; white-space: nowrap; font-weight: 600; color: var(--ink); }
.json summary { color: var(--quiet); font-size: 13px; }
.json summary:hover { color: var(--ink); }
.json pre { margin-top: var(--s2); padding: var(--s3); max-height: 360px; overflow: auto; border-radius: 8px; background: var(--sunken); border: 1px solid var(--line); font-size: 12px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.dots { padding-left: var(--s4); list-style: disc; }
.use { display: grid; gap: var(--s1); }
.paper { max-width: 900px; padding: var(--s6); display: grid; gap: var(--s5); background: var(--surface); border: 1px solid var(--line); border-radius: var(--round); }
.paper + *, .note.screen-only { margin-block: var(--s3); }
.paper header { display: grid; gap: var(--s1); padding-bottom: var(--s3); border-bottom: 2px solid var(--ink); }
.paper-kind { color: var(--quiet); font-weight: 650; }
.paper section, .paper-block { display: grid; gap: var(--s2); }
.paper-block + .paper-block { padding-top: var(--s3); border-top: 1px solid var(--line); }
.paper table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 14px; }
.paper th, .paper td { padding: 5px var(--s3) 5px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
.paper thead th { border-top: 0; color: var(--quiet); font-size: 13px; font-weight: 600; }
.paper-facts div { display: grid; grid-template-columns: 28% minmax(0, 1fr); padding-block: 5px; border-top: 1px solid var(--line); font-size: 14px; }
.paper-facts dt { padding-right: var(--s3); color: var(--quiet); font-weight: 550; }
.elements th:nth-child(1) { width: 24%; }
.elements th:nth-child(2), .elements th:nth-child(3) { width: 13%; }
.elements th:nth-child(5) { width: 25%; }
.elements th:nth-child(6) { width: 9%; }
.paper code { font-size: 12px; }
.loud { padding: var(--s2) var(--s3); border: 2px solid var(--bad); color: var(--bad); font-weight: 600; }
.exact { padding: var(--s3); border: 1px solid var(--line); font-size: 11px; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { max-width: 68ch; font-size: 18px; font-weight: 650; line-height: 1.35; }
.banner .facts { margin-top: var(--s2); }
.banner .facts dd { font-size: 17px; font-weight: 600; font-variant-numeric: tabular-nums; }
.banner .facts .meta { display: block; font-weight: 400; }
.lines { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--s2); }
.lines div { display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: var(--s3); align-items: baseline; }
.beside { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: var(--s4) var(--s6); align-items: start; }
.beside > * { min-width: 0; display: grid; gap: var(--s3); }
.panel.after, .more + .list { margin-top: var(--s4); }
section > :is(h2, p) + .list, p + .cards { margin-top: var(--s3); }
.panel > details > summary { padding-block: var(--s1); color: var(--accent); font-weight: 600; font-size: 14px; }
.panel > details > summary:hover { color: var(--accent-strong); }
.panel > details > :not(summary) { margin-top: var(--s2); }
.panel > h3 { margin-top: var(--s3); }
.chart { max-width: 760px; margin: 0; }
.chart.square { max-width: 460px; }
.chart .axis { color: var(--quiet); font-size: 13px; font-weight: 550; }
.chart .axis.across { text-align: right; padding-right: 3%; }
.plot { display: block; }
.plot text { fill: var(--quiet); color: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
.plot .tick-y { text-anchor: end; }
.plot .tick-x { text-anchor: middle; }
.plot .tick-x.last { text-anchor: end; }
.plot .limit-name { fill: var(--bad); color: var(--bad); font-weight: 650; stroke: var(--surface); stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
.plot .grid { stroke: var(--line); stroke-width: 1; }
.plot .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 4; }
.plot .agree { stroke: var(--edge); stroke-width: 1.5; stroke-dasharray: 6 4; }
.plot .whisker { stroke: var(--accent); stroke-width: 1.5; }
.plot .dot { fill: var(--accent); stroke: var(--surface); stroke-width: 1.5; }
.plot .band, .glyph .band { fill: var(--accent); fill-opacity: 0.16; }
.plot .curve, .glyph .curve { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.point { stroke: var(--surface); stroke-width: 1.5; paint-order: stroke; }
.point.proved { fill: var(--good); }
.point.observed { fill: var(--surface); stroke: var(--warn); stroke-width: 2.5; }
.point.current { fill: var(--ink); }
.point.preview { fill: var(--info); }
.legend { display: grid; gap: var(--s1); margin-top: var(--s3); font-size: 14px; }
.legend li { display: grid; grid-template-columns: 18px minmax(0, 1fr); gap: var(--s2); align-items: start; }
.legend .glyph { margin-top: 2px; }
.measures { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
.measures th, .measures td { padding: 6px var(--s3) 6px 0; border-top: 1px solid var(--line); vertical-align: top; font-weight: 400; text-align: right; }
.measures th:first-child, .measures.words th, .measures.words td { text-align: left; }
.measures thead th { border-top: 0; color: var(--quiet); font-size: 13px; font-weight: 600; }
.measures tbody th { font-weight: 550; }
.measures.words tbody th { width: 30%; overflow-wrap: break-word; }
.measures .meta { display: block; }
.scroll { overflow-x: auto; }
.confusion { justify-self: start; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
.confusion th { padding: 4px var(--s2) 4px 0; font-weight: 550; text-align: left; }
.confusion thead th:not(:first-child) { padding-inline: var(--s1); text-align: center; }
.confusion thead th { color: var(--quiet); }
.confusion td { min-width: 30px; padding: 4px var(--s1); border: 1px solid var(--line); text-align: center; overflow-wrap: normal; }
.confusion .none { color: var(--quiet); }
.confusion .right { background: var(--good-soft); color: var(--good); font-weight: 650; }
.confusion .wrong { background: var(--warn-soft); color: var(--warn); }
.confusion .much { background: var(--bad-soft); color: var(--bad); font-weight: 650; }
.mistakes li { display: grid; gap: var(--s1); padding-block: var(--s3); border-top: 1px solid var(--line); }
.mistakes .mistake-head { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s3); align-items: center; font-variant-numeric: tabular-nums; }
.mistakes .mixup { display: block; }
.mistakes .said-by { max-width: 78ch; white-space: pre-wrap; }
.prose dd + dt { margin-top: var(--s3); }
.error-page { display: grid; gap: var(--s3); max-width: 68ch; padding-block: var(--s6); justify-items: start; }

@media (max-width: 860px) {
  .two, .beside { grid-template-columns: minmax(0, 1fr); }
  .stays { position: static; }
  .button.jump { display: inline-block; }
}
@media (max-width: 620px) {
  .bounds { padding-inline: var(--s4); }
  main { padding-block: var(--s5) var(--s6); }
  h1 { font-size: 21px; }
  .top > .bounds { padding-top: var(--s2); gap: 0 var(--s4); }
  .top nav { order: 3; flex-basis: 100%; margin-inline: -9px; }
  .top nav a, .top .beside a { padding: 9px 9px 8px; font-size: 14px; }
  .top .beside { margin-inline: 0; }
  .top .beside ul { padding-inline: calc(var(--s4) - 9px); }
  .card, .panel, .banner { padding-inline: var(--s4); }
  .card-side { flex-basis: 100%; display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: var(--s2); }
  .wide-only { display: none; }
  .list .meta.narrow-only { display: block; }
  .list .record { width: 36%; }
  .list .version-state { width: 44%; }
  .list .number { width: 98px; }
  .list time { white-space: normal; }
  .facts, .aside .facts { grid-template-columns: minmax(0, 1fr); gap: var(--s2); }
  .facts div, .aside .facts div, .lines div { display: grid; grid-template-columns: 112px minmax(0, 1fr); gap: var(--s3); align-items: baseline; }
  .list th, .list td { padding-inline: var(--s3); }
  .option { grid-template-columns: 54px minmax(0, 96px) minmax(0, 1fr) 54px; gap: var(--s2); }
  .timeline { --rail: 6px; }
  .timeline li { grid-template-columns: minmax(0, 1fr); gap: 0; padding-left: 26px; }
  .timeline time { text-align: left; }
  .timeline .day { display: inline; margin-right: var(--s2); }
}
@media screen and (max-width: 620px) {
  .paper { padding: var(--s4); }
  .paper-facts div { grid-template-columns: minmax(0, 1fr); }
  .paper thead { display: none; }
  .paper tr { display: grid; gap: var(--s1); padding-block: var(--s2); border-top: 1px solid var(--line); }
  .paper td { padding: 0; border: 0; }
  .measures thead { display: none; }
  .measures tr { display: grid; padding-block: var(--s2); border-top: 1px solid var(--line); }
  .measures th, .measures td { padding: 1px 0; border: 0; text-align: left; }
  .measures.words tbody th { width: auto; }
  .measures:not(.words) td { display: grid; grid-template-columns: 42% minmax(0, 1fr); gap: var(--s3); }
  .measures .chip { justify-self: start; }
  .measures:not(.words) td::before { content: attr(data-head); color: var(--quiet); font-size: 13px; }
  .confusion { font-size: 12px; }
  .confusion td, .confusion thead th:not(:first-child) { min-width: 21px; padding: 4px 1px; }
  .paper td::before { content: attr(data-head); display: block; color: var(--quiet); font-size: 12px; }
}
@media (max-width: 360px) {
  .top nav a { padding-inline: 7px; font-size: 14px; }
  .top nav { margin-inline: -7px; }
}
@media (prefers-contrast: more) {
  :root { --quiet: var(--ink); --line: var(--edge); }
}
@media (forced-colors: active) {
  .chip, .count, .tabs a[aria-current] { border: 1px solid; }
  .bar .fill { fill: CanvasText; }
  .timeline li::after { background: CanvasText; }
}
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #444; } }
@media print {
  :root { color-scheme: light; }
  .report-file { --ground: #fff; --ink: #000; --quiet: #444; font-size: 10.5pt; }
  .report-file main { max-width: none; padding: 0; }
  .report-file .panel { border: 0; padding: 0; }
  .report-file details > summary { list-style: none; }
  .report-file details::details-content { content-visibility: visible; display: block; }
  .chart, .mistakes li, .measures tr, .confusion { break-inside: avoid; }
  .panel > h2, .panel > h3 { break-after: avoid; }
  .top nav, .decide, .undo, .filter, .replay-all, .letter form, .control, .many, .more, .skip { display: none; }
  .screen-only, body:has(.paper) .top, body:has(.paper) footer { display: none; }
  body:has(.paper) { --ground: #fff; --surface: #fff; --ink: #000; --quiet: #444; --line: #bbb; --bad: #000; color-scheme: light; font-size: 10.5pt; }
  body:has(.paper) main, .paper { max-width: none; padding: 0; border: 0; }
  .paper table, .paper-facts div { font-size: 9pt; }
  .paper code { font-size: 8pt; }
  .paper h1 { font-size: 17pt; }
  .paper h2, .paper h3 { break-after: avoid; }
  .paper tr, .paper-facts div, .loud { break-inside: avoid; }
  .paper p, .paper li { orphans: 3; widows: 3; }
}

.weeks { display: grid; gap: var(--s2); }
.weeks { max-width: 760px; margin-top: var(--s4); }
.weeks h3 { font-size: 14px; }
.weeks figcaption { color: var(--quiet); font-size: 13px; }
.weeks text { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
.weeks .scale { text-anchor: end; dominant-baseline: middle; }
.weeks .week { text-anchor: middle; }
.weeks .week.first { text-anchor: start; }
.weeks .week.last { text-anchor: end; }
.weeks .axis { stroke: var(--edge); }
.weeks .limit { stroke: var(--warn); stroke-dasharray: 5 4; }
.weeks .line { fill: none; stroke: var(--accent); stroke-width: 2; }
.weeks .dot { fill: var(--accent); }
.mix { fill: var(--edge); stroke: var(--surface); stroke-width: 1; }
.mix-0 { fill: #0b6470; } .mix-1 { fill: #d08a1d; } .mix-2 { fill: #5b7fc7; } .mix-3 { fill: #8a4f9e; } .mix-4 { fill: #5a9a57; } .mix-5 { fill: #b3524a; } .mix-6 { fill: #7d8894; }
@media screen and (prefers-color-scheme: dark) { .mix-0 { fill: #3a9dab; } .mix-3 { fill: #b07cc4; } .mix-5 { fill: #cf6f66; } }
.weeks .legend { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); margin-top: 0; font-size: 13px; }
.weeks .legend li { display: flex; align-items: center; gap: 6px; }
.numbers { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { padding: 4px var(--s4) 4px 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); font-weight: 400; }
.numbers thead th { border-top: 0; color: var(--quiet); font-size: 13px; font-weight: 550; }
`;

/** The address changes with the content, so that a browser may keep each version for ever. */
export const STYLE_URL = `/console.css?v=${sha256Hex(STYLE).slice(0, 12)}`;
