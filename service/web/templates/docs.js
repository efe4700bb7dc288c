// Sends a request of the reference to this service, and shows what comes back. Without script there is curl.
for (const form of document.querySelectorAll('.try')) {
  const result = form.querySelector('pre');
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { method, path } = form.dataset;
    const { body, query } = Object.fromEntries(new FormData(form));
    const options = body ? { method, body, headers: { 'content-type': 'application/json' } } : { method };
    // beside this page, wherever the service is put
    const response = await fetch(new URL(path.slice(1) + (query ? `?${query}` : ''), document.baseURI), options);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type'));
    result.hidden = false;
    result.firstChild.textContent = `${response.status}\n${isJson ? JSON.stringify(JSON.parse(text), null, 2) : text}`.slice(0, 20000);
  });
}
