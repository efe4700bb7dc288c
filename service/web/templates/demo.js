const widget = document.querySelector('careers-faq');
const snippet = document.querySelector('#snippet');
const look = document.querySelector('#look');
const contrast = document.querySelector('#contrast');
const { base } = snippet.dataset;

for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', () => widget.ask(button.dataset.ask || button.textContent.trim()));
}
for (const button of document.querySelectorAll('[data-open]')) {
  button.addEventListener('click', () => widget.open());
}

const COLOURS = { blue: '', green: '#0b6b4f', plum: '#7a2f7d', slate: '#334155' };
const USUAL = { scheme: 'auto', position: 'bottom-right', lang: 'en', accent: '' };
const RADIUS = { soft: '', round: '22px', square: '4px' };
const contactUrl = widget.getAttribute('contact-url') ?? '';

function chosen(name) {
  return look.elements[name].value.trim();
}

/** What differs from the widget as it comes, by attribute. */
function attributes() {
  const all = {
    heading: chosen('heading'),
    subtitle: chosen('subtitle'),
    greeting: chosen('greeting'),
    position: chosen('position'),
    scheme: chosen('scheme'),
    accent: COLOURS[chosen('colour')] ?? chosen('own'),
    lang: chosen('lang'),
    'contact-url': chosen('contact-url'),
  };
  return Object.entries(all).filter(([name, value]) => value && value !== USUAL[name]);
}

function luminance(colour) {
  const [r, g, b] = colour.match(/\w\w/g).map((pair) => parseInt(pair, 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
}

function showContrast(accent) {
  const ground = luminance(accent || '#1d4ed8');
  const [name, ratio] = 1.05 / ground > ground / 0.05 ? ['White', 1.05 / ground] : ['Black', ground / 0.05];
  const link = 1.05 / ground < 4.7 ? '; links are darkened until they can be read' : '';
  contrast.textContent = `${name} text on it: ${ratio.toFixed(1)} to 1 (4.5 is needed)${link}.`;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const written = (list) => list.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const end = base.replace(/\/$/, '');

const FORMATS = {
  html: (list, logo) =>
    `<script type="module" src="${base}widget.js"></` +
    `script>\n<careers-faq${written(list)}>${logo && `<img slot="logo" src="${escaped(logo)}" alt="">`}</careers-faq>`,
  react: (list, logo) => {
    const props = [['endpoint', end], ...list].map(([name, value]) => `\n  ${camel(name)}=${/["\\{]/.test(value) ? `{${JSON.stringify(value)}}` : `"${value}"`}`);
    const inside = logo && `\n  <img slot="logo" src="${escaped(logo)}" alt="" />\n`;
    return `import { CareersFaq } from 'careers-faq/react';\n\n<CareersFaq${props.join('')}\n${inside ? `>${inside}</CareersFaq>` : '/>'}`;
  },
  vue: (list, logo) =>
    `import 'careers-faq';\n\n<careers-faq${written([['endpoint', end], ...list])}>${logo && `<img slot="logo" src="${escaped(logo)}" alt="">`}</careers-faq>`,
  wordpress: (list) =>
    `[careers_faq${list.map(([name, value]) => ` ${name.replaceAll('-', '_')}="${value.replaceAll('"', '&quot;').replaceAll(']', '&#93;')}"`).join('')}]`,
};

function show() {
  const list = attributes();
  const values = Object.fromEntries(list);
  for (const name of ['heading', 'subtitle', 'greeting', 'position', 'scheme', 'accent', 'lang', 'contact-url']) {
    const value = values[name] ?? USUAL[name] ?? (name === 'contact-url' ? contactUrl : '');
    if (value) widget.setAttribute(name, value);
    else widget.removeAttribute(name);
  }
  document.documentElement.dataset.scheme = chosen('scheme');
  const radius = RADIUS[chosen('corners')];
  widget.style.setProperty('--careers-faq-radius', radius);
  showContrast(values.accent);
  const css = radius && `\n\n/* in your style sheet */\ncareers-faq {\n  --careers-faq-radius: ${radius};\n}`;
  snippet.textContent = FORMATS[chosen('format')](list, chosen('logo')) + css;
}

document.querySelector('.studio').addEventListener('input', (event) => {
  if (event.target.name === 'own') look.elements.colour.value = 'yours';
  show();
});

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
    document.querySelector('#copied').textContent = 'Copied.';
  });
}
show();
