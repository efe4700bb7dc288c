// The pages work without any of this. It checks while an editor types, shows how long something
// takes, and asks before an unsaved text is left. The server sends pages; their parts are put in
// the place of those here, so that no HTML is made from text.

const WAIT = 500;
const LONG = 10;
const FIRST_BUILD = 'The first build of a service encodes every text, which takes a minute or two; later ones take seconds.';

/** Send fields as a form does, and get the page that comes back. */
function send(url, fields) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.responseType = 'document';
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    request.onload = () => {
      if (request.status === 504) reject(new Error('the proxy waits no longer, but the service goes on'));
      else if (request.response) resolve(request.response);
      else reject(new Error(String(request.status)));
    };
    request.onerror = () => reject(new Error("I can't reach the service"));
    request.send(new URLSearchParams(fields));
  });
}

/** Put the parts of another page in the place of those here. */
function show(page) {
  for (const part of page.querySelectorAll('[data-part]')) {
    const here = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (!here || here.isEqualNode(part)) continue;
    here.replaceChildren(...[...part.childNodes].map((node) => document.importNode(node, true)));
    const field = here.id.startsWith('say-') && document.getElementById(here.id.slice(4));
    if (!field) continue;
    if (here.querySelector('.error')) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }
}

function say(form, text) {
  const place = form.querySelector('[data-wait], [data-part=sum]');
  if (place) place.textContent = text;
}

/** Say how long something takes; returns what ends that. */
function waiting(form) {
  const started = Date.now();
  const tell = () => {
    const seconds = Math.round((Date.now() - started) / 1000);
    const why = 'builds' in form.dataset && seconds >= LONG ? `. ${FIRST_BUILD}` : '';
    say(form, `${form.dataset.slow} … ${seconds} s${why}`);
  };
  tell();
  const timer = setInterval(tell, 1000);
  return () => clearInterval(timer);
}

const buttons = (form) => form.querySelectorAll('button');

document.addEventListener('submit', ({ target: form }) => {
  if (!form.dataset.slow || form.matches('[data-beside]')) return;
  waiting(form);
  // After the form is sent, which a button that is off would not be part of.
  setTimeout(() => buttons(form).forEach((button) => (button.disabled = true)));
});

/** Send a form behind the page, and show the part that comes back. */
function load(form) {
  const end = waiting(form);
  return send(form.action, new FormData(form))
    .then((page) => {
      end();
      if (page.querySelector('[data-part]')) show(page);
      else say(form, "You're not signed in any more. Please reload this page.");
    })
    .catch((error) => say(form, `That didn't work: ${error.message}. Try again.`))
    .finally(end);
}

document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-beside]')) return;
  event.preventDefault();
  load(event.target).then(() => say(event.target, ''));
});

for (const form of document.querySelectorAll('form[data-auto]')) {
  const others = [...document.querySelectorAll('form[data-main]')].flatMap((one) => [...buttons(one)]);
  [...buttons(form), ...others].forEach((button) => (button.disabled = true));
  load(form).finally(() => [...buttons(form), ...others].forEach((button) => (button.disabled = false)));
}

for (const form of document.querySelectorAll('form[data-check]')) {
  let timer;
  let asked = 0;
  let isSaved = true;
  const check = (part) => {
    const number = ++asked;
    const fields = new FormData(form);
    fields.set('part', part);
    return send(form.dataset.check, fields).then(
      (page) => number === asked && show(page),
      (error) => say(form, `I couldn't check this: ${error.message}. What you wrote stays here.`),
    );
  };
  form.addEventListener('input', () => {
    isSaved = false;
    clearTimeout(timer);
    timer = setTimeout(() => check('preview').then(() => check('findings')), WAIT);
  });
  form.addEventListener('submit', () => (isSaved = true));
  addEventListener('beforeunload', (event) => isSaved || event.preventDefault());
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      form.requestSubmit(form.querySelector('button[value=save]'));
    }
  });
}

for (const add of document.querySelectorAll('[data-add]')) {
  add.hidden = false;
  add.addEventListener('click', () => {
    const rows = add.closest('fieldset').querySelector('.several');
    const row = rows.lastElementChild.cloneNode(true);
    for (const input of row.querySelectorAll('input')) {
      input.value = '';
      input.setAttribute('aria-label', input.getAttribute('aria-label').replace(/\d+/, rows.childElementCount + 1));
    }
    rows.append(row);
    row.querySelector('input').focus();
  });
}

for (const place of document.querySelectorAll('[data-drop]')) {
  const form = place.closest('form');
  const input = place.querySelector('input');
  place.hidden = false;
  const read = async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    form.elements.file_base64.value = btoa(text);
    form.elements.file_name.value = file.name;
    form.requestSubmit();
  };
  input.addEventListener('change', () => input.files[0] && read(input.files[0]));
  place.addEventListener('dragover', (event) => {
    event.preventDefault();
    place.classList.add('over');
  });
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', (event) => {
    event.preventDefault();
    place.classList.remove('over');
    if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
  });
}
