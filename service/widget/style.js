// One sheet for all elements on the page, adopted, so that `style-src 'none'` does not stop it.
// Public properties are `--careers-faq-…`; those with `--_` are what this sheet works with.
// Every pair of text and ground below has a contrast of 4.5 or more, every control edge 3 or more.

const LIGHT = `
--_accent: var(--careers-faq-accent, #1d4ed8);
--_on-accent: var(--careers-faq-on-accent, #fff);
--_surface: var(--careers-faq-surface, #fff);
--_raised: var(--careers-faq-raised, #f2f5fa);
--_text: var(--careers-faq-text, #17212f);
--_muted: var(--careers-faq-muted, #545f6e);
--_line: var(--careers-faq-line, #d4dbe5);
--_edge: var(--careers-faq-edge, #74808f);
--_mark: var(--careers-faq-mark, #ffefb0);
--_notice: var(--careers-faq-notice, #fff4d6);
color-scheme: light;
`;
const DARK = `
--_accent: var(--careers-faq-accent, #8db4ff);
--_on-accent: var(--careers-faq-on-accent, #0a1a35);
--_surface: var(--careers-faq-surface, #131a25);
--_raised: var(--careers-faq-raised, #1e2735);
--_text: var(--careers-faq-text, #e8edf5);
--_muted: var(--careers-faq-muted, #a9b5c5);
--_line: var(--careers-faq-line, #344052);
--_edge: var(--careers-faq-edge, #7f8ea4);
--_mark: var(--careers-faq-mark, #574600);
--_notice: var(--careers-faq-notice, #3a3010);
color-scheme: dark;
`;

export const CSS = `
:host {
  all: initial;
  display: block;
  ${LIGHT}
  --_radius: var(--careers-faq-radius, 14px);
  --_space: var(--careers-faq-space, 14px);
  --_offset: var(--careers-faq-offset, 20px);
  font-family: var(--careers-faq-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  font-size: var(--careers-faq-font-size, max(1rem, 16px));
  line-height: 1.5;
}
@media (prefers-color-scheme: dark) { :host { ${DARK} } }
:host([scheme=light]) { ${LIGHT} }
:host([scheme=dark]) { ${DARK} }
:host([hidden]) { display: none; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p, h2, h3, h4, ul, ol, dl, dd { margin: 0; padding: 0; }
.sr {
  position: absolute; width: 1px; height: 1px; margin: -1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
button, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; background: none; border: 0; }
svg {
  width: 1.25em; height: 1.25em; flex: none; fill: none;
  stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
a { color: var(--_accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; border-radius: 6px; }
header :focus-visible { outline-color: var(--_on-accent); outline-offset: -3px; }
.launcher {
  position: fixed; inset-block-end: var(--_offset); right: var(--_offset);
  z-index: var(--careers-faq-layer, 2147483000);
  display: flex; align-items: center; gap: .6em; min-height: 3.25em; padding: .6em 1.2em;
  color: var(--_on-accent); background: var(--_accent);
  border: 2px solid transparent; border-radius: 2em; font-weight: 600;
  box-shadow: 0 1px 2px #0003, 0 8px 24px #0003;
}
.launcher svg { width: 1.5em; height: 1.5em; }
.launcher:focus-visible { outline-offset: 3px; border-radius: 2em; box-shadow: 0 0 0 3px var(--_surface); }
.unread::after {
  content: ""; position: absolute; top: 0; right: .4em; width: .9em; height: .9em;
  border-radius: 50%; background: #d92d20; border: 2px solid var(--_surface);
}
.panel {
  position: fixed; inset: auto var(--_offset) var(--_offset) auto;
  z-index: var(--careers-faq-layer, 2147483000);
  flex-direction: column; margin: 0; padding: 0; overflow: hidden;
  width: var(--careers-faq-width, 25em); max-width: calc(100vw - 2 * var(--_offset));
  height: var(--careers-faq-height, 42em); max-height: calc(100vh - 2 * var(--_offset));
  max-height: calc(100dvh - 2 * var(--_offset));
  color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_line); border-radius: var(--_radius);
  box-shadow: 0 2px 6px #0002, 0 16px 48px #0004;
}
.panel[open] { display: flex; animation: rise .18s ease-out; }
.panel:focus { outline: none; }
.left .launcher { right: auto; left: var(--_offset); }
.left .panel { inset: auto auto var(--_offset) var(--_offset); }
.inline .panel {
  position: static; width: auto; max-width: none; box-shadow: none; animation: none;
  max-height: none; height: var(--careers-faq-height, 36em);
}
@media (max-width: 30em), (max-height: 26em) {
  .panel:modal {
    inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0; border-radius: 0;
  }
  .floating .launcher { padding: .6em; min-width: 3.25em; justify-content: center; }
  .floating .launcher span { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
}
header {
  display: flex; align-items: center; gap: .25em; padding: .5em .5em .5em var(--_space);
  color: var(--_on-accent); background: var(--_accent); border-block-end: 1px solid transparent;
}
:dir(rtl) > header { padding: .5em var(--_space) .5em .5em; }
h2 { flex: 1; min-width: 0; font-size: 1.1em; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
.square { display: grid; place-items: center; min-width: 2.75em; min-height: 2.75em; padding: 0; border-radius: 8px; }
.square:hover { background: #8883; }
.notice {
  padding: .6em var(--_space); background: var(--_notice); font-size: .9em; border-block-end: 1px solid var(--_line);
}
.log {
  flex: 1; min-height: 5em; overflow: auto; overscroll-behavior: contain; padding: var(--_space);
  display: flex; flex-direction: column; gap: var(--_space); scroll-behavior: smooth;
}
.log:focus-visible { outline-offset: -3px; }
.message { max-width: 100%; overflow-wrap: anywhere; }
.message > * + * { margin-block-start: .6em; }
.you {
  align-self: flex-end; max-width: 85%; padding: .55em .9em; color: var(--_on-accent); background: var(--_accent);
  border: 1px solid transparent; border-radius: var(--_radius); border-end-end-radius: 4px;
}
.lead { color: var(--_text); }
.card {
  padding: .9em var(--_space); background: var(--_raised); border: 1px solid var(--_line);
  border-radius: var(--_radius); border-start-start-radius: 4px;
}
.card > * + *, .body > * + *, .body li > * + * { margin-block-start: .55em; }
h3 { font-size: 1em; font-weight: 650; line-height: 1.35; }
h4 { font-size: .95em; font-weight: 650; }
.strong { font-weight: 650; }
.body ul, .body ol { padding-inline-start: 1.3em; }
.body li + li { margin-block-start: .3em; }
.body table { border-collapse: collapse; display: block; overflow-x: auto; }
.body th, .body td { border: 1px solid var(--_line); padding: .3em .5em; text-align: start; }
code { font-family: ui-monospace, monospace; font-size: .92em; }
pre { overflow-x: auto; }
mark { color: inherit; background: var(--_mark); border-radius: 3px; padding: .05em .1em; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9.5em, 100%), 1fr)); gap: .6em; }
.side { padding: .7em; background: var(--_surface); border: 1px solid var(--_line); border-radius: calc(var(--_radius) - 4px); }
.side h4 { color: var(--_accent); margin-block-end: .3em; }
.meta { display: flex; flex-wrap: wrap; gap: .1em 1em; color: var(--_muted); font-size: .88em; }
.meta a { display: inline-block; padding-block: .15em; }
.choices { display: flex; flex-direction: column; align-items: stretch; gap: .45em; list-style: none; }
.label { color: var(--_muted); font-size: .88em; }
.choice {
  width: 100%; padding: .5em .85em; min-height: 2.5em; text-align: start; color: var(--_accent);
  background: var(--_surface); border: 1px solid var(--_edge); border-radius: calc(var(--_radius) - 2px);
}
.choice:hover, .action:hover { background: var(--_raised); }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: .15em; color: var(--_muted); font-size: .9em; }
.tools .square { min-width: 2.4em; min-height: 2.4em; }
.tools .ask { margin-inline-start: auto; padding-inline-end: .3em; }
.square[aria-pressed=true] { color: var(--_accent); }
.square[aria-pressed=true] path { fill: currentColor; fill-opacity: .3; }
.action {
  min-height: 2.5em; padding: .3em 1em; color: var(--_accent); font-weight: 600;
  border: 1px solid var(--_edge); border-radius: calc(var(--_radius) - 2px);
}
.thinking { display: flex; align-items: center; gap: .7em; color: var(--_muted); }
.dots { display: flex; gap: .25em; }
.dots i { width: .5em; height: .5em; border-radius: 50%; background: currentColor; animation: pulse 1s infinite alternate; }
.dots i:nth-child(2) { animation-delay: .2s; }
.dots i:nth-child(3) { animation-delay: .4s; }
form { position: relative; }
.comment { display: grid; gap: .4em; justify-items: start; }
.comment textarea { width: 100%; min-height: 4em; resize: vertical; }
.ask-bar { display: flex; gap: .4em; padding: .6em; border-block-start: 1px solid var(--_line); }
.input, textarea {
  flex: 1; min-width: 0; padding: .55em .8em; color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_edge); border-radius: calc(var(--_radius) - 2px);
}
.input::placeholder { color: var(--_muted); opacity: 1; }
.input:focus-visible, textarea:focus-visible { outline-offset: -1px; border-radius: calc(var(--_radius) - 2px); }
.send {
  display: grid; place-items: center; min-width: 2.9em; min-height: 2.9em; padding: 0;
  color: var(--_on-accent); background: var(--_accent); border: 1px solid transparent;
  border-radius: calc(var(--_radius) - 2px);
}
:dir(rtl) > .send svg { transform: scaleX(-1); }
.list {
  position: absolute; inset: auto .6em 100% .6em; max-height: 16em; overflow: auto; padding: .3em; list-style: none;
  background: var(--_surface); border: 1px solid var(--_edge); border-radius: calc(var(--_radius) - 2px);
  box-shadow: 0 -4px 20px #0003;
}
.list li { padding: .5em .7em; border-radius: 8px; cursor: pointer; overflow-wrap: anywhere; }
.list li:hover { background: var(--_raised); }
.list [aria-selected=true] { color: var(--_on-accent); background: var(--_accent); }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes pulse { from { opacity: .25; } }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; scroll-behavior: auto !important; }
}
@media (prefers-contrast: more) {
  :host { --_muted: var(--_text); --_line: var(--_text); --_edge: var(--_text); }
}
@media (forced-colors: active) {
  .launcher, .send, .you, .square[aria-pressed=true] { border: 2px solid ButtonText; }
  .square[aria-pressed=true], .list [aria-selected=true] {
    forced-color-adjust: none; color: HighlightText; background: Highlight;
  }
  :focus-visible, header :focus-visible { outline-color: Highlight; }
  header { border-block-end-color: CanvasText; }
}
`;

let sheet;

/** The sheet, made once. */
export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
