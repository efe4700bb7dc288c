// Search, links to copy, and the current place in the contents. Without script the page is whole.
const words = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').match(/[\p{L}\p{N}+#]+/gu) ?? [];
const parts = [...document.querySelectorAll('main section[id]')].map((node) => ({ node, text: words(node.textContent).join(' ') }));
const groups = [...document.querySelectorAll('main section:not([id])')];
const headings = [...document.querySelectorAll('main > article > :is(h2, h3, h4, h5, h6), main > article > header, main > h2')];
const field = document.querySelector('#_filter');
const found = document.querySelector('#_found');

function filter() {
  const wanted = words(field.value);
  const shown = parts.filter(({ node, text }) => {
    node.hidden = !wanted.every((word) => text.includes(word));
    return !node.hidden;
  });
  for (const group of groups) group.hidden = !group.querySelector('section:not([hidden])');
  // a heading without anything of its own says nothing above what was found
  for (const heading of headings) heading.hidden = wanted.length > 0;
  found.textContent = wanted.length ? `${shown.length} of ${parts.length}` : '';
}

document.querySelector('#_search').hidden = false;
document.querySelector('#_search').addEventListener('submit', (event) => event.preventDefault());
field.addEventListener('input', filter);
// a link to what the search hides shows everything again
addEventListener('hashchange', () => {
  if (!document.querySelector(':target')?.closest('[hidden]')) return;
  field.value = '';
  filter();
  document.querySelector(':target').scrollIntoView();
});

for (const anchor of document.querySelectorAll('.anchor')) {
  anchor.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(anchor.href);
      found.textContent = 'Link copied.';
    } catch {
      // the address bar has it
    }
  });
}

const links = new Map([...document.querySelectorAll('.toc a')].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
const seen = new Set();
const place = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) seen[isIntersecting ? 'add' : 'delete'](target);
  const first = [...links.keys()].find((id) => seen.has(document.getElementById(id)));
  if (!first) return;
  for (const [id, link] of links) {
    if (id === first) link.setAttribute('aria-current', 'location');
    else link.removeAttribute('aria-current');
  }
}, { rootMargin: '0px 0px -60% 0px' });
for (const id of links.keys()) {
  const node = document.getElementById(id);
  if (node) place.observe(node);
}
