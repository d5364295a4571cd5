/** The client's style sheet. Primary colour comes from the session's configuration. */
export const STYLE = `
:root { --primary: #2d9fff; --on-primary: #000000; --ink: #17202a; --soft: #5b6773; --line: #d5dce3; --paper: #ffffff; --ground: #f3f6f9; --warn: #8a4b00; --tag: #5b3fa8; --tag-ground: #f1ecfd; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2f6; --soft: #aab6c2; --line: #3a4651; --paper: #1b232b; --ground: #11171d; --warn: #ffc078; --tag: #cdbcff; --tag-ground: #2c2545; } }
* { box-sizing: border-box; }
html { height: 100%; }
body { margin: 0; min-height: 100%; display: flex; flex-direction: column; align-items: center; background: var(--ground); color: var(--ink); font: 17px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.ribbon { width: 100%; padding: 6px 16px; text-align: center; font-size: 14px; background: var(--tag-ground); color: var(--tag); }
main, aside, footer { width: 100%; max-width: 480px; }
main { flex: 1 0 auto; display: flex; flex-direction: column; padding: 28px 24px; background: var(--paper); }
aside, footer { padding: 0 24px 12px; }
h1 { margin: 0 0 12px; font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; }
h1:focus { outline: none; }
p { margin: 0 0 12px; }
a { color: inherit; }
.hint { color: var(--soft); }
.alert { padding: 10px 14px; border-left: 4px solid var(--warn); background: var(--ground); color: var(--warn); }
label { display: block; margin: 12px 0 6px; font-weight: 600; }
select { width: 100%; min-height: 48px; padding: 0 12px; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 10px; }
button { display: inline-flex; align-items: center; justify-content: center; gap: 10px; width: 100%; min-height: 52px; padding: 10px 18px; font: inherit; font-weight: 600; border-radius: 12px; border: 1px solid transparent; cursor: pointer; }
button.primary { background: var(--primary); color: var(--on-primary); }
button.secondary { background: transparent; color: var(--ink); border-color: var(--soft); }
button.link { background: transparent; color: var(--ink); text-decoration: underline; }
button.simulator { background: var(--tag-ground); color: var(--tag); border-color: var(--tag); border-style: dashed; }
button:disabled { opacity: 0.55; cursor: default; }
button:hover { filter: brightness(1.06); }
:focus-visible { outline: 3px solid var(--primary); outline-offset: 2px; }
.actions { margin-top: auto; padding-top: 24px; display: grid; gap: 12px; }
.choices { list-style: none; margin: 8px 0 0; padding: 0; display: grid; gap: 12px; }
button.choice { justify-content: flex-start; background: var(--paper); color: var(--ink); border-color: var(--line); min-height: 64px; text-align: left; }
button.choice:hover { border-color: var(--primary); }
button.choice span:nth-child(2) { flex: 1; }
.icon svg { display: block; width: 24px; height: 24px; }
.illustration { display: grid; place-items: center; width: 120px; height: 120px; margin: 20px auto; border-radius: 50%; background: var(--ground); color: var(--ink); }
.illustration .icon svg { width: 60px; height: 60px; }
.illustration.warn { color: var(--warn); }
.previews { display: grid; gap: 12px; }
.previews img { width: 100%; border-radius: 12px; border: 1px solid var(--line); }
.viewfinder { position: relative; overflow: hidden; background: #000000; }
.viewfinder.card { border-radius: 16px; aspect-ratio: 1.42; }
.viewfinder.oval { width: 260px; height: 340px; margin: 12px auto; border-radius: 50%; border: 4px solid var(--primary); }
.viewfinder video { width: 100%; height: 100%; object-fit: cover; transition: transform 0.5s; }
.viewfinder video.closer { transform: scale(1.35); }
.viewfinder.oval video { scale: -1 1; }
.spinner { width: 56px; height: 56px; margin: 48px auto; border-radius: 50%; border: 5px solid var(--line); border-top-color: var(--primary); animation: turn 0.9s linear infinite; }
@keyframes turn { to { transform: rotate(360deg); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } .viewfinder video { transition: none; } }
details { margin-top: 12px; padding: 10px 14px; border: 1px dashed var(--tag); border-radius: 12px; background: var(--paper); font-size: 15px; }
details button { margin-top: 10px; }
summary { cursor: pointer; font-weight: 600; color: var(--tag); }
footer details { border-style: solid; border-color: var(--line); }
footer summary { color: var(--ink); }
code { word-break: break-all; }
@media (min-width: 560px) { main { margin-top: 24px; border-radius: 18px; min-height: 560px; flex: 0 0 auto; box-shadow: 0 8px 30px rgba(20, 40, 60, 0.1); } }
`;
