{# Order pages are kept on this device only, as copies that say so. A purchase is never kept: what was not sent is lost, and said to be. #}
{% load static %}const SHELL = "shell-{{ version }}", ORDERS = "orders", MOST = 20, PAGE = "{{ page }}";
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const isOrder = (url) => /^\/o\/[^/]+\/$/.test(new URL(url).pathname);
const loose = { ignoreVary: true };

const keep = async (url, answer) => {
  if (!answer.ok) return;
  const orders = await caches.open(ORDERS);
  await orders.delete(url, loose);
  await orders.put(url, answer);
  for (const old of (await orders.keys()).slice(0, -MOST)) await orders.delete(old, loose);
};

const renew = async ({ url }) => {
  if (isOrder(url)) await keep(url, await fetch(url));
};

const uncover = async (kept, id) =>
  new Response((await kept.text()).replace(RegExp(`(id="${id}"[^>]*?)\\shidden`), "$1"), kept);

const offline = async (id) => uncover(await caches.match(PAGE, loose), id);

const show = async (event) => {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (isOrder(request.url)) event.waitUntil(keep(request.url, answer.clone()));
    return answer;
  } catch {
    const kept = await (await caches.open(ORDERS)).match(request.url, loose);
    return kept ? uncover(kept, "copy") : offline("lost");
  }
};

const send = async (request) => {
  if (!navigator.onLine) return offline("unsent");
  try {
    return await fetch(request);
  } catch {
    return offline("unsure"); // it may have arrived: only the answer is missing
  }
};

const follow = async (event) => {
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(clients.get(event.clientId).then(renew));
  return answer;
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES)));
});

addEventListener("activate", (event) =>
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELL && name !== ORDERS) await caches.delete(name);
    await clients.claim();
    await Promise.all((await clients.matchAll()).map(renew)); // they were opened before we were here
  })()));

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (/^\/($|[kov]\/|cek\/)/.test(pathname)) event.respondWith(request.method === "GET" ? show(event) : send(request));
  } else if (pathname.startsWith("{% static "" %}")) event.respondWith(fetch(request).catch(() => caches.match(request, loose)));
  else if (/^\/o\/[^/]+\/live\/$/.test(pathname)) event.respondWith(follow(event));
});
