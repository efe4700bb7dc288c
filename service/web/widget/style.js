// One sheet for all elements on the page, adopted, so that `style-src 'none'` does not stop it.
// Public properties are `--careers-faq-…`; those with `--_` are what this sheet works with.
// Every pair of text and ground has a contrast of 4.5 or more, every control's edge 3 or more.

const ROLES = 'accent on-accent header on-header surface raised text muted line edge mark notice'.split(' ');

const colours = (list) =>
  ROLES.map((role, at) => `--_${role}:var(--careers-faq-${role},${list.split(' ')[at]});`).join('');

const LIGHT = `${colours('#1d4ed8 #fff var(--_accent) var(--_on-accent) #fff #f2f5fa #17212f #545f6e #d4dbe5 #74808f #ffefb0 #fff4d6')}color-scheme:light`;
const DARK = `${colours('#8db4ff #0a1a35 #1e2735 #e8edf5 #131a25 #1e2735 #e8edf5 #a9b5c5 #344052 #7f8ea4 #574600 #3a3010')}color-scheme:dark`;

export const CSS = `
:host {
  all: initial;
  display: block;
  ${LIGHT};
  --_radius: var(--careers-faq-radius, 14px);
  --_inner: calc(var(--_radius) - 3px);
  --_space: var(--careers-faq-space, 14px);
  --_offset: var(--careers-faq-offset, 20px);
}
:host > div { font: var(--careers-faq-font-size, max(1rem, 16px))/1.5 var(--careers-faq-font, system-ui, sans-serif); }
@media (prefers-color-scheme: dark) { :host { ${DARK} } }
:host([scheme=light]) { ${LIGHT} }
:host([scheme=dark]) { ${DARK} }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; padding: 0; color: inherit; }
:is(button, input, textarea, h2, h3, h4) { font: inherit; }
.sr + * { margin-top: 0 !important; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button { cursor: pointer; background: none; border: 0; }
svg {
  width: 1.25em; height: 1.25em; flex: none; fill: none;
  stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
a { color: var(--_accent); }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; border-radius: 6px; }
header :focus-visible { outline-color: var(--_on-header); outline-offset: -3px; }
.launcher, .panel {
  position: fixed; bottom: var(--_offset); right: var(--_offset); z-index: var(--careers-faq-layer, 2147483000);
  box-shadow: 0 2px 6px #0002, 0 12px 40px #0004;
}
.left > * { right: auto; left: var(--_offset); }
.launcher, .send, .you { color: var(--_on-accent); background: var(--_accent); border: 1px solid transparent; }
.launcher {
  display: flex; align-items: center; gap: .6em; min-height: 52px; padding: .6em 1.2em; border-radius: 2em;
  font-weight: 600;
}
.launcher:focus-visible { border-radius: 2em; box-shadow: 0 0 0 3px var(--_surface); }
.panel {
  inset: auto var(--_offset) var(--_offset) auto; flex-direction: column; overflow: hidden;
  width: var(--careers-faq-width, 25em); max-width: calc(100vw - 2 * var(--_offset));
  height: var(--careers-faq-height, 42em); max-height: calc(100dvh - 2 * var(--_offset));
  color: var(--_text); background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius);
}
.panel[open] { display: flex; animation: rise .18s; }
.panel:focus { outline: 0; }
.left .panel { inset: auto auto var(--_offset) var(--_offset); }
.inline .panel { position: static; width: auto; max-width: none; max-height: none; box-shadow: none; animation: none; }
@media (max-width: 30em), (max-height: 26em) {
  .launcher, .launcher:focus-visible { padding: 13px; font-size: 0; border-radius: 50%; }
  .launcher svg { width: 26px; height: 26px; }
  .panel:modal { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0; border-radius: 0; }
}
header { display: flex; align-items: center; padding: .5em; color: var(--_on-header); background: var(--_header); border-bottom: 1px solid var(--_line); }
h2 { flex: 1; padding-inline: .4em; font-size: 1.1em; }
h2, h3, h4, .strong, .action { font-weight: 600; overflow-wrap: anywhere; }
.square { display: grid; place-items: center; min-width: 2.6em; min-height: 2.6em; border-radius: 8px; }
button:hover, .list li:hover { box-shadow: inset 0 0 0 9em #8882; }
.notice { padding: .6em var(--_space); background: var(--_notice); border-bottom: 1px solid var(--_line); }
.log {
  flex: 1; min-height: 5em; overflow: auto; overscroll-behavior: contain; padding: var(--_space);
  display: flex; flex-direction: column; gap: var(--_space); scroll-behavior: smooth;
}
.log:focus-visible { outline-offset: -3px; }
.message { max-width: 100%; overflow-wrap: anywhere; }
:is(.message, .card, .body, .comment, .side) > * + * { margin-top: .6em; }
.you { align-self: flex-end; max-width: 85%; padding: .55em .9em; border-radius: var(--_radius); }
.card { padding: .9em var(--_space); background: var(--_raised); border: 1px solid var(--_line); border-radius: var(--_radius); }
:is(.body, .side) :is(ul, ol) { padding-inline-start: 1.3em; }
li + li { margin-top: .4em; }
table { display: block; overflow-x: auto; }
th, td { border: 1px solid var(--_line); padding: .3em .5em; text-align: start; }
pre { overflow-x: auto; }
mark { background: var(--_mark); border-radius: 3px; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9em, 100%), 1fr)); gap: .6em; }
.side { padding: .7em; background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_inner); }
h4 { color: var(--_accent); }
.meta, .label, .tools, .thinking { color: var(--_muted); }
.meta, .label, .tools, .notice { font-size: .9em; }
.meta, .tools, .thinking { display: flex; flex-wrap: wrap; align-items: center; gap: .2em 1em; }
.choices { list-style: none; margin-top: .4em; }
.choice, .action {
  padding: .5em .85em; min-height: 2.5em; color: var(--_accent); text-align: start;
  border: 1px solid var(--_edge); border-radius: var(--_inner);
}
.choice { width: 100%; background: var(--_surface); }
.tools { gap: .15em; }
.no { transform: rotate(180deg); }
.rate { margin-inline-start: auto; padding-inline-end: .3em; }
[aria-pressed=true] { color: var(--_accent); background: var(--_raised); }
.dot { width: .5em; height: .5em; border-radius: 50%; background: currentColor; animation: pulse 1s infinite alternate; }
textarea { display: block; width: 100%; font-size: max(16px, 1em); }
.bar { position: relative; display: flex; gap: .4em; padding: .6em; border-top: 1px solid var(--_line); }
.input, textarea {
  flex: 1; min-width: 0; padding: .55em .8em; color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_edge); border-radius: var(--_inner);
}
.input:focus-visible, textarea:focus-visible { outline-offset: -1px; border-radius: var(--_inner); }
::placeholder { color: var(--_muted); opacity: 1; }
.send { display: grid; place-items: center; min-width: 2.9em; border-radius: var(--_inner); }
.send:dir(rtl) svg { transform: scaleX(-1); }
.list {
  position: absolute; inset: auto .6em 100%; max-height: 16em; overflow: auto; padding: .3em; list-style: none;
  background: var(--_surface); border: 1px solid var(--_edge); border-radius: var(--_inner); box-shadow: 0 -4px 20px #0003;
}
.list li { margin: 0; padding: .5em .7em; border-radius: 8px; cursor: pointer; overflow-wrap: anywhere; }
.list [aria-selected=true] { color: var(--_on-accent); background: var(--_accent); }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes pulse { from { opacity: .25; } }
@media print { :host(:not([position=inline])) { display: none; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; scroll-behavior: auto !important; } }
@media (prefers-contrast: more) { :host { --_muted: var(--_text); --_line: var(--_text); --_edge: var(--_text); } }
@media (forced-colors: active) {
  .launcher, .send, .you { border-color: ButtonText; }
  .list [aria-selected=true], [aria-pressed=true] { forced-color-adjust: none; color: HighlightText; background: Highlight; }
  :focus-visible, header :focus-visible { outline-color: Highlight; }
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
