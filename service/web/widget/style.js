// One sheet for all elements on the page, adopted, so that `style-src 'none'` does not stop it.
// Public properties are `--careers-faq-…`; those with `--_` are what this sheet works with.
// Every pair of text and ground has a contrast of 4.5 or more, every control's edge 3 or more.

const ROLES = 'accent on-accent header on-header surface raised text muted line edge mark notice'.split(' ');

const colours = (list) =>
  ROLES.map((role, at) => `--_${at ? role : 'own'}:var(--careers-faq-${role},${list.split(' ')[at]});`).join('');

const LIGHT = `${colours('#1d4ed8 #fff var(--_accent) var(--_on-accent) #fff #f2f5fa #17212f #545f6e #d4dbe5 #74808f #ffefb0 #fff4d6')}--_dark:0;color-scheme:light`;
const DARK = `${colours('#8db4ff #000 #1e2735 #fff #131a25 #1e2735 #e8edf5 #a9b5c5 #344052 #7f8ea4 #574600 #3a3010')}--_dark:1;color-scheme:dark`;

// The one colour of an owner is kept readable: what lies on a ground is black or white, whichever has the
// greater contrast (both have 4.58 at a luminance of 0.179); in a dark scheme it is lightened, and as text
// in a light one darkened, to a luminance with 4.5 on both grounds of an answer.
// https://www.w3.org/TR/css-color-5/#relative-colors
const WHITE = { x: 0.9505, y: 1, z: 1.089 };
const relative = (colour, channel) =>
  `color(from var(--_${colour}) xyz-d65 ${Object.keys(WHITE).map((name) => `calc(${channel(name, WHITE[name])})`).join(' ')})`;
const on = (ground) =>
  `--_on-${ground}:var(--careers-faq-on-${ground},${relative(ground, (_, white) => `${white} * clamp(0, (.179 - y) * 9999, 1)`)});`;
const ACCENT = 'oklch(from var(--_own) max(l, .76 * var(--_dark)) c h)';
const LINK = relative('accent', (name) => `${name} * min(1, (.155 + var(--_dark)) / y)`);

export const RULES = `
:host {
  all: initial;
  display: block;
}
:host > div {
  ${LIGHT};
  --_accent: var(--_own);
  --_link: var(--_own);
  --_radius: var(--careers-faq-radius, 14px);
  --_inner: calc(var(--_radius) - 3px);
  --_space: var(--careers-faq-space, 14px);
  --_offset: var(--careers-faq-offset, 20px);
  font: var(--careers-faq-font-size, max(1rem, 16px))/1.5 var(--careers-faq-font, system-ui, sans-serif);
  pointer-events: auto;
}
@media (prefers-color-scheme: dark) { :host > div { ${DARK} } }
:host([scheme=light]) > div { ${LIGHT} }
:host([scheme=dark]) > div { ${DARK} }
@supports (color: color(from red xyz-d65 x y z)) { :host > div[class] { --_accent: ${ACCENT}; --_link: ${LINK}; ${on('accent')}${on('header')} } }
[popover] { inset: auto; border: 0; overflow: visible; background: none; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; padding: 0; color: inherit; }
:is(button, textarea, h2, h3, h4) { font: inherit; }
.sr + * { margin-top: 0 !important; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button { cursor: pointer; background: none; border: 0; }
svg {
  width: 1.25em; height: 1.25em; flex: none; fill: none;
  stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
a { color: var(--_link); }
:focus-visible { outline: 3px solid var(--_link); outline-offset: 2px; border-radius: 6px; }
.header :focus-visible { outline-color: var(--_on-header); outline-offset: -3px; }
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
.waiting { visibility: hidden; }
.wide { width: 46em; height: 60em; }
.drawer .panel { inset: 0 0 0 auto; height: 100dvh; max-height: none; max-width: 100vw; border-radius: 0; }
.drawer.left .panel { inset: 0 auto 0 0; }
.inline .panel { position: static; width: auto; max-width: 46em; max-height: none; margin: auto; box-shadow: none; animation: none; }
@media (max-width: 30em), (max-height: 26em) {
  .launcher, .launcher:focus-visible { padding: 13px; font-size: 0; border-radius: 50%; }
  .launcher svg { width: 26px; height: 26px; }
  .header .expand { display: none; }
  .panel:modal { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0; border-radius: 0; }
}
.header { display: flex; align-items: center; padding: .4em; color: var(--_on-header); background: var(--_header); border-bottom: 1px solid var(--_line); }
::slotted(*) { width: 2.2em; height: 2.2em; margin-inline-start: .4em; object-fit: contain; border-radius: 6px; }
.title { flex: 1; min-width: 0; padding-inline: .5em; line-height: 1.3; }
.title p { font-size: .9em; }
@media (max-height: 26em) { .title p { display: none; } .header { padding: 0; } }
h2 { font-size: 1.05em; }
h2, h3, h4, .strong, .action { font-weight: 600; overflow-wrap: anywhere; }
.square { display: grid; place-items: center; min-width: 44px; min-height: 44px; border-radius: 8px; }
button:hover, .list li:hover { box-shadow: inset 0 0 0 9em #8882; }
.notice { padding: .6em var(--_space); background: var(--_notice); border-bottom: 1px solid var(--_line); }
.log {
  flex: 1; min-height: 5em; overflow: auto; overscroll-behavior: contain; padding: var(--_space);
  display: flex; flex-direction: column; gap: var(--_space); scroll-behavior: smooth; container-type: size;
}
.log:focus-visible { outline-offset: -3px; }
.message { max-width: 100%; overflow-wrap: anywhere; }
.you + :last-child { min-height: calc(100cqh - 3.1em); }
:is(.message, .card, .body, .said, .comment, .side) > * + * { margin-top: .6em; }
.you { align-self: flex-end; max-width: 85%; padding: .55em .9em; border-radius: var(--_radius); font-weight: 400; }
.you:not(:focus) > [dir] { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
.card { padding: .9em var(--_space) .5em; background: var(--_raised); border: 1px solid var(--_line); border-radius: var(--_radius); }
:is(.body, .said, .side) :is(ul, ol) { padding-inline-start: 1.3em; }
li + li { margin-top: .4em; }
table { display: block; overflow-x: auto; }
th, td { border: 1px solid var(--_line); padding: .3em .5em; text-align: start; }
pre { overflow-x: auto; }
mark { background: var(--_mark); border-radius: 3px; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(12em, 1fr)); gap: 1em; }
h4 { color: var(--_link); }
.side > button { display: none; }
@container (max-width: 34em) {
  .sides { grid-template-columns: none; }
  .folded > * { display: none; }
  .folded > button { display: flex; justify-content: space-between; }
}
.meta, .label, .tools, .thinking { color: var(--_muted); }
.meta, .label, .tools, .notice { font-size: .9em; }
.meta, .tools, .thinking { display: flex; flex-wrap: wrap; align-items: center; gap: .2em 1em; }
.meta { gap: 0 1em; }
.meta a { display: inline-flex; align-items: center; min-height: 44px; }
.choices { list-style: none; margin-top: .4em; }
.choice, .action {
  padding: .5em .85em; min-height: 44px; color: var(--_link); text-align: start; text-decoration: none;
  border: 1px solid var(--_edge); border-radius: var(--_inner);
}
.action { display: inline-flex; align-items: center; }
.comment + .action { margin-top: .6em; }
.choice { width: 100%; background: var(--_surface); }
.tools { gap: .15em; }
.action + .action { margin-inline-start: .4em; }
.no { transform: rotate(180deg); }
.rate { margin-inline-start: auto; padding-inline-end: .3em; }
[aria-pressed=true] { color: var(--_link); background: var(--_raised); }
.dot { width: .5em; height: .5em; border-radius: 50%; background: currentColor; animation: pulse 1s infinite alternate; }
textarea { display: block; width: 100%; font-size: max(16px, 1em); resize: none; }
.bar { position: relative; display: flex; align-items: end; gap: .4em; padding: .6em; border-top: 1px solid var(--_line); }
textarea {
  flex: 1; min-width: 0; min-height: 46px; max-height: calc(4lh + 1.1em + 2px); padding: .55em .8em; color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_edge); border-radius: var(--_inner);
}
textarea:focus-visible { outline-offset: -1px; border-radius: var(--_inner); }
::placeholder { color: var(--_muted); opacity: 1; }
.send { display: grid; place-items: center; min-width: 46px; min-height: 46px; border-radius: var(--_inner); }
.send:dir(rtl) svg { transform: scaleX(-1); }
.list {
  position: absolute; inset: auto .6em 100%; max-height: min(16em, 45dvh); overflow: auto; padding: .3em; list-style: none;
  background: var(--_surface); border: 1px solid var(--_edge); border-radius: var(--_inner); box-shadow: 0 -4px 20px #0003;
}
.list li { margin: 0; min-height: 44px; padding: .6em .7em; border-radius: 8px; cursor: pointer; overflow-wrap: anywhere; }
.list [aria-selected=true] { color: var(--_on-accent); background: var(--_accent); }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes pulse { from { opacity: .25; } }
@media print {
  :host(:not([position=inline])), .bar { display: none; }
  .panel { height: auto; }
  .log { overflow: visible; container-type: normal; }
  .message { min-height: 0 !important; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; scroll-behavior: auto !important; } }
@media (prefers-contrast: more) { :host > div { --_muted: var(--_text); --_line: var(--_text); --_edge: var(--_text); } }
@media (forced-colors: active) {
  .launcher, .send, .you { border-color: ButtonText; }
  .list [aria-selected=true], [aria-pressed=true] { forced-color-adjust: none; color: HighlightText; background: Highlight; }
  :focus-visible, .header :focus-visible { outline-color: Highlight; }
}
`;

let sheet;

/** The sheet, made once. */
export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(RULES);
  }
  return sheet;
}
