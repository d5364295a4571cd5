/** The control page's style sheet. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#17202a, #eef2f6); --soft: light-dark(#566270, #aab6c2); --line: light-dark(#d5dce3, #35414c); --paper: light-dark(#ffffff, #1a222a); --ground: light-dark(#f3f6f9, #10161c); --accent: light-dark(#1456b8, #8ab8ff); --on-accent: light-dark(#ffffff, #0b1220); --good: light-dark(#0b6b3a, #6ee7a8); --bad: light-dark(#a3161b, #ff9a9a); --open: light-dark(#7a4a00, #ffc078); --tag: light-dark(#5b3fa8, #cdbcff); --tag-ground: light-dark(#f1ecfd, #2c2545); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; z-index: 2; padding: 8px 12px; background: var(--paper); }
.ribbon { padding: 4px 16px; text-align: center; font-size: 14px; background: var(--tag-ground); color: var(--tag); }
header { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 24px; max-width: 1280px; margin: 0 auto; padding: 10px 20px; }
h1 { margin: 0; font-size: 19px; letter-spacing: -0.01em; } h2 { margin: 0; font-size: 20px; line-height: 1.3; } h3 { margin: 24px 0 8px; font-size: 16px; }
h2 { scroll-margin-top: 150px; } h2:focus, main:focus { outline: none; }
p { margin: 0 0 12px; max-width: 68ch; } p.below { margin-top: 12px; } .hint { color: var(--soft); font-size: 14px; }
a { color: var(--accent); }
nav { max-width: 1280px; margin: 0 auto; padding: 0 12px; display: flex; overflow-x: auto; }
nav a { padding: 10px 12px; color: var(--soft); text-decoration: none; border-bottom: 3px solid transparent; white-space: nowrap; }
nav a:hover { color: var(--ink); } nav a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
.clock { margin-left: auto; display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.clock time { font-variant-numeric: tabular-nums; font-weight: 600; margin-right: 6px; }
main { max-width: 1280px; margin: 0 auto; padding: 20px; }
.offline { max-width: 1280px; margin: 12px auto 0; padding: 0 20px; color: var(--bad); }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; margin-bottom: 12px; } .head .end { margin-left: auto; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 16px; margin-bottom: 16px; }
.card > h3:first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.empty { padding: 32px 16px; text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: 12px; } .empty p { margin-inline: auto; }
.split { display: grid; grid-template-columns: minmax(280px, 380px) minmax(0, 1fr); gap: 20px; align-items: start; }
.list { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; background: var(--paper); }
.list li + li { border-top: 1px solid var(--line); }
.list li > div { padding: 10px 14px; } .list a { display: grid; gap: 2px; padding: 10px 14px; color: inherit; text-decoration: none; } .list a:hover { background: var(--ground); }
.list a[aria-current] { background: var(--tag-ground); box-shadow: inset 4px 0 0 var(--accent); }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; } .row .end { margin-left: auto; } .row.tight { flex-wrap: nowrap; align-items: start; } .row.tight > * { min-width: 0; } .row.tight .end { flex: none; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13.5px; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 8px; border-radius: 999px; border: 1px solid currentColor; font-size: 13px; line-height: 1.6; white-space: nowrap; color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; margin: 0 0 12px; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); }
table { border-collapse: collapse; width: 100%; font-size: 15px; } th, td { padding: 8px 12px; text-align: left; vertical-align: top; } thead th { font-size: 13px; color: var(--soft); white-space: nowrap; } tbody tr { border-top: 1px solid var(--line); } td.wide { min-width: 15rem; } td time { white-space: nowrap; font-variant-numeric: tabular-nums; }
label { display: block; font-weight: 600; font-size: 14px; } .fields { display: flex; flex-wrap: wrap; align-items: end; gap: 10px 14px; margin-bottom: 12px; } .fields > * { min-width: 0; max-width: 100%; }
.check { display: flex; align-items: center; gap: 8px; font-weight: 400; font-size: 16px; min-height: 36px; } .check input { width: 18px; height: 18px; accent-color: var(--accent); }
input, select, textarea { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; padding: 6px 10px; min-height: 38px; max-width: 100%; }
textarea { display: block; width: 100%; min-height: 22rem; margin: 6px 0 12px; font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; tab-size: 2; } textarea.short { min-height: 8rem; }
button, .button { display: inline-flex; align-items: center; min-height: 38px; padding: 4px 14px; font: inherit; font-size: 15px; font-weight: 600; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; cursor: pointer; text-decoration: none; }
button:hover, .button:hover { border-color: var(--accent); color: var(--accent); } button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); } button.primary:hover { filter: brightness(1.08); } button.danger { color: var(--bad); border-color: var(--bad); }
button[aria-pressed=true] { background: var(--tag-ground); border-color: var(--tag); color: var(--tag); } button:disabled { opacity: 0.6; cursor: default; }
.clock button { min-height: 34px; padding: 2px 10px; font-size: 14px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; } .list a:focus-visible, nav a:focus-visible { outline-offset: -3px; }
pre { margin: 8px 0 0; padding: 12px; max-height: 32rem; overflow: auto; background: var(--ground); border-radius: 8px; font: 13.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
details > summary { cursor: pointer; font-weight: 600; padding: 4px 0; } details + details { margin-top: 8px; }
.timeline { list-style: none; margin: 0; padding: 0 0 0 18px; border-left: 2px solid var(--line); } .timeline li { position: relative; padding: 0 0 10px; } .timeline li::before { content: ""; position: absolute; left: -24px; top: 7px; width: 10px; height: 10px; border-radius: 50%; background: var(--paper); border: 2px solid currentColor; color: var(--soft); } .timeline li.good::before { color: var(--good); background: var(--good); } .timeline li.bad::before { color: var(--bad); background: var(--bad); } .timeline li.open::before { color: var(--open); }
.timeline li { color: var(--ink); } .timeline time { color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.errors { margin: 0 0 12px; padding: 10px 14px; border-left: 4px solid var(--bad); background: var(--ground); color: var(--bad); } .errors ul { margin: 4px 0 0; padding-left: 20px; }
.note { position: fixed; right: 16px; bottom: 16px; left: 16px; margin-inline: auto; width: fit-content; max-width: calc(100% - 32px); padding: 8px 16px; border-radius: 10px; background: var(--ink); color: var(--paper); box-shadow: 0 6px 24px rgba(0, 0, 0, 0.25); } .note.failed { background: light-dark(#8c1216, #ffb3b3); color: light-dark(#ffffff, #2a0506); } .note:empty { display: none; }
.narrow { display: none; }
@media (min-width: 801px) { .side { position: sticky; top: 150px; max-height: calc(100vh - 170px); overflow-y: auto; padding: 4px; margin: -4px; } }
@media (max-width: 800px) { .split { grid-template-columns: minmax(0, 1fr); } .split.chosen > .side { display: none; } .narrow { display: inline-flex; } .clock { margin-left: 0; gap: 5px; } .clock time { flex-basis: 100%; margin: 0; } .clock button { padding: 2px 7px; font-size: 13px; } a.narrow { margin-bottom: 12px; } header { position: static; } main { padding: 16px 12px; } .bar { padding: 10px 12px; } nav { padding: 0 4px; } }
@media (max-width: 800px) { .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .stack tr { display: block; padding: 8px 0; } .stack td { display: flex; gap: 12px; padding: 3px 12px; } .stack td::before { content: attr(data-label); flex: 0 0 6.5rem; color: var(--soft); font-size: 14px; } .stack td > * { min-width: 0; } }
`;
