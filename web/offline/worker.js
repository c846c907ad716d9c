/**
 * The service worker: keeps the site's files, all of one version, for use without a network.
 *
 * builder/offline/worker.py bundles it with Workbox and writes the list of the files before it. What is kept lies in two
 * caches that have the scope in their names; no other is touched.
 */

import { setCacheNameDetails } from "workbox-core/setCacheNameDetails.js";
import { PrecacheController } from "workbox-precaching/PrecacheController.js";
import { PrecacheRoute } from "workbox-precaching/PrecacheRoute.js";

/** @typedef {import("./files.d.ts").KeptFile} KeptFile */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const SHARE = `${scope}share`; // as manifest.webmanifest has it
const SHARED = `${scope}shared-picture`; // as js/page/shared.js asks for it, on a page with `?shared`
const SHARED_CACHE = `pyselfie-shared-${scope}`;
const SHARED_HEADERS = {
  // What another app or site hands over is never shown as a page of ours, whatever it says that it is.
  "Content-Type": "application/octet-stream",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "sandbox; default-src 'none'",
};
const IMAGE_TYPE = /^image\/[\w.+-]+$/;

// Of the two builds of ONNX Runtime for WebGPU a browser runs one: see `runtimeBuild` in js/worker/probe.js.
const NEEDLESS = "Suspending" in WebAssembly ? /asyncify|ort\.webgpu/ : /jspi/;
/** @type {KeptFile[]} */
const FILES = /** @type {any} */ (self).FILES.filter((/** @type {KeptFile} */ { url }) => !NEEDLESS.test(url));

setCacheNameDetails({ prefix: "pyselfie" });
const controller = new PrecacheController();
controller.addToCacheList(FILES);
const route = new PrecacheRoute(controller, { ignoreURLParametersMatching: [/./], cleanURLs: false });

worker.addEventListener("install", (event) => event.waitUntil(install(event)));
worker.addEventListener("activate", (event) => event.waitUntil(activate(event)));
worker.addEventListener("fetch", (event) => {
  const answer = answerTo(event);
  if (answer) event.respondWith(answer);
});
worker.addEventListener("message", (event) => {
  // A page that has waited too long goes on, perhaps with a call.
  if (event.data?.takeOverBefore > Date.now()) event.waitUntil(takeOver(event));
});

/** All files or none: one that can't be had, or has other bytes than listed, ends it. @param {ExtendableEvent} event */
async function install(event) {
  const isFirst = worker.registration.active === null;
  const cache = await caches.open(controller.strategy.cacheName);
  const before = new Set(isFirst ? [] : (await cache.keys()).map(({ url }) => url));
  try {
    await controller.install(event);
  } catch (error) {
    // What came before the network broke off is kept for the next try; but where there is no room, it takes that in vain.
    if (/** @type {Error} */ (error).name === "QuotaExceededError") {
      const added = (await cache.keys()).filter(({ url }) => !before.has(url));
      await Promise.all(added.map((request) => cache.delete(request)));
    }
    throw error;
  }
}

/** Nobody uses the version before any more: what only that one had goes. @param {ExtendableEvent} event */
async function activate(event) {
  await controller.activate(event);
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!windows.some(({ url }) => awaitsShared(new URL(url)))) await caches.delete(SHARED_CACHE);
  // The first version takes the pages that came from the network; a later one has its pages from the one before.
  if ((await worker.clients.matchAll()).length === 0) await worker.clients.claim();
}

/** @param {FetchEvent} event @returns {Promise<Response> | null} null: it's not this worker's business */
function answerTo(event) {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST") return url.href === SHARE ? takeShared(request) : null;
  if (request.method !== "GET") return null;
  if (url.href === SHARED) return isFetched(request) ? giveShared() : null;
  if (request.destination === "document" && !awaitsShared(url)) event.waitUntil(caches.delete(SHARED_CACHE));
  const found = route.match({ request, event, url, sameOrigin: url.origin === location.origin });
  if (!found) return null;
  const params = /** @type {{cacheKey: string, integrity: string}} */ (found);
  return isDoubted(request, url) ? anew(event, params) : kept(event, params);
}

/** Whether the page has found the bytes damaged that it got. @param {Request} request @param {URL} url */
function isDoubted({ cache, mode }, { pathname, search }) {
  if (mode === "navigate") return false;
  return cache === "reload" || cache === "no-store" || (pathname.endsWith(".zip") && search !== ""); // js/worker/fetch_now.js
}

/** Browsers may throw away what is kept: then it comes from the network and is kept again. @param {FetchEvent} event @param {{cacheKey: string, integrity: string}} params */
async function kept(event, params) {
  try {
    return await controller.strategy.handle({ request: event.request, event, params });
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "QuotaExceededError") throw error;
    return fetched(event, params); // it came, and there was no room for it
  }
}

/** @param {FetchEvent} event @param {{cacheKey: string, integrity: string}} params */
async function anew(event, params) {
  const response = await fetched(event, params).catch(() => null);
  if (!response?.ok) return kept(event, params); // no network, or one that has another version already
  const copy = response.clone();
  const cache = caches.open(controller.strategy.cacheName);
  event.waitUntil(cache.then((opened) => opened.put(params.cacheKey, copy)).catch(() => {})); // without room, the next one asks again
  return response;
}

/** @param {FetchEvent} event @param {{integrity: string}} params */
async function fetched({ request }, { integrity }) {
  return fetch(new Request(request, { integrity }));
}

/**
 * Take the place of the version before, unless other windows use that: one of them may be in a call.
 *
 * @param {ExtendableMessageEvent} event answered by whether it does
 */
async function takeOver({ source, ports: [port] }) {
  const isFree = !(await others(source instanceof Client ? source.id : ""));
  if (isFree) await worker.skipWaiting();
  port.postMessage(isFree);
}

/** Whether anyone else uses the version before. @param {string} asking */
async function others(asking) {
  const found = await worker.clients.matchAll({ type: "all", includeUncontrolled: true });
  const isOurs = (/** @type {Client} */ { url }) => url.startsWith(scope);
  const pages = found.filter(
    ({ type, id, url }) => type === "window" && id !== asking && url.startsWith(location.origin),
  );
  if (pages.some(isOurs)) return true;
  // A page beside the scope may have pyselfie's worker, too. No worker says whose it is, so that one in doubt counts.
  return pages.length > 0 && found.some((client) => client.type !== "window" && isOurs(client));
}

/** Another app shares a picture: it waits for the page that comes next. @param {Request} request */
async function takeShared(request) {
  const form = await request.formData().catch(() => null);
  const picture = form?.get("picture");
  if (picture instanceof File && IMAGE_TYPE.test(picture.type)) {
    const headers = { ...SHARED_HEADERS, "X-Type": picture.type, "X-Name": encodeURIComponent(picture.name) };
    await (await caches.open(SHARED_CACHE)).put(SHARED, new Response(picture, { headers }));
  }
  return Response.redirect(`${scope}?shared`, 303);
}

/** Whether it's the address of a page that will ask for the picture. @param {URL} url */
function awaitsShared({ searchParams }) {
  return searchParams.has("shared");
}

/** By a script: not as a page, a frame or anything else that could run what is in it. @param {Request} request */
function isFetched({ mode, destination }) {
  return mode !== "navigate" && destination === "";
}

/** It is given once. */
async function giveShared() {
  const picture = await caches.match(SHARED, { cacheName: SHARED_CACHE });
  await caches.delete(SHARED_CACHE);
  return picture ?? new Response(null, { status: 204 });
}
