// What a site says for itself, for its own elements and no others. Stands before the widget's modules
// in the script of such a site; the object is put in by service/web/widget_bundle.py.
{
  const site = JSON.parse('{}');
  const home = /^(https?:.*?\/)widget(\/[^/]+\/widget)?\.js/.exec(import.meta.url)?.[1];
  const texts = ({ asked, t }) => {
    const lang = asked.toLowerCase();
    const known = [lang, lang.split('-')[0], t.tag].find((one) => site.texts?.[one]);
    return known && { ...site.texts[known], tag: known };
  };
  const dress = (page, root) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':host{}');
    for (const [name, value] of Object.entries(site.theme ?? {})) {
      sheet.cssRules[0].style.setProperty(`--careers-faq-${name}`, value);
    }
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    page.t = { ...page.t, ...texts(page) };
    page.contact ??= site.contact;
  };
  (globalThis.careersFaqSites ??= {})[home] = dress;
  // elements that the script of another site has shown before this one came
  for (const element of globalThis.document?.querySelectorAll('careers-faq[endpoint]') ?? []) {
    const { href } = Object.assign(document.createElement('a'), { href: element.getAttribute('endpoint') });
    if (href.replace(/\/*$/, '/') !== home || !customElements.get('careers-faq')) continue;
    element.toggleAttribute('persist');
    element.toggleAttribute('persist');
  }
}
