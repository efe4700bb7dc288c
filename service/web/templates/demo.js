const widget = document.querySelector('careers-faq');
const snippet = document.querySelector('#snippet');
const look = document.querySelector('#look');
const base = snippet.dataset.base;

for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', () => widget.ask(button.dataset.ask || button.textContent.trim()));
}
for (const button of document.querySelectorAll('[data-open]')) {
  button.addEventListener('click', () => widget.open());
}

const COLOURS = { blue: null, green: ['#0b6b4f', '#7fd8b6'], plum: ['#7a2f7d', '#e3a8e6'], slate: ['#334155', '#b8c4d6'] };

function chosen(name) {
  return look.elements[name].value;
}

function isDark(scheme) {
  return scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
}

function variables(scheme) {
  const colour = COLOURS[chosen('colour')];
  const list = colour ? [['--careers-faq-accent', colour[isDark(scheme) ? 1 : 0]]] : [];
  if (chosen('corners') !== 'soft') list.push(['--careers-faq-radius', chosen('corners') === 'square' ? '4px' : '22px']);
  return list;
}

function attributes(scheme) {
  const list = [];
  if (scheme !== 'auto') list.push(`scheme="${scheme}"`);
  if (chosen('position') !== 'bottom-right') list.push(`position="${chosen('position')}"`);
  if (chosen('lang') !== 'en') list.push(`lang="${chosen('lang')}"`);
  return list;
}

function show() {
  const scheme = chosen('scheme');
  document.documentElement.dataset.scheme = scheme;
  widget.setAttribute('scheme', scheme);
  widget.setAttribute('position', chosen('position'));
  widget.setAttribute('lang', chosen('lang'));
  for (const name of ['--careers-faq-accent', '--careers-faq-radius']) widget.style.removeProperty(name);
  const styles = variables(scheme);
  const accent = COLOURS[chosen('colour')]?.[isDark(scheme) ? 1 : 0] ?? '';
  document.documentElement.style.setProperty('--accent', accent);
  for (const [name, value] of styles) widget.style.setProperty(name, value);
  const tag = ['careers-faq', ...attributes(scheme)].join(' ');
  const css = styles.map(([name, value]) => `  ${name}: ${value};\n`).join('');
  snippet.textContent =
    `<script type="module" src="${base}widget.js"></` + `script>\n<${tag}></careers-faq>` +
    (css ? `\n\n/* in your style sheet */\ncareers-faq {\n${css}}` : '');
}

look.addEventListener('change', show);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
    document.querySelector('#copied').textContent = 'Copied.';
  });
}
show();
