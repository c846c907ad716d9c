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
const SHARED = `${scope}shared-picture`; // as js/page/shared.js asks for it
const SHARED_CACHE = `pyselfie-shared-${scope}`;
const OTHERS_TURNS = 10;
const TURN_MS = 100;

// Of the two builds of ONNX Runtime for WebGPU a browser runs one: see `runtimeBuild` in js/worker/probe.js.
const NEEDLESS = "Suspending" in WebAssembly ? /asyncify|ort\.webgpu/ : /jspi/;
/** @type {KeptFile[]} */
const FILES = /** @type {any} */ (self).FILES.filter((/** @type {KeptFile} */ { url }) => !NEEDLESS.test(url));

setCacheNameDetails({ prefix: "pyselfie" });
const controller = new PrecacheController();
controller.addToCacheList(FILES);
const route = new PrecacheRoute(controller, { ignoreURLParametersMatching: [/./], cleanURLs: false });
let isFirst = false;

worker.addEventListener("install", (event) => event.waitUntil(install(event)));
worker.addEventListener("activate", (event) => event.waitUntil(activate(event)));
worker.addEventListener("fetch", (event) => {
  const answer = answerTo(event);
  if (answer) event.respondWith(answer);
});
worker.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(takeOver(event));
});

/** All files or none: one that can't be had, or has other bytes than listed, ends it. @param {ExtendableEvent} event */
async function install(event) {
  isFirst = worker.registration.active === null;
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
  if (isFirst) await worker.clients.claim(); // pages that came from the network, of this version
}

/** @param {FetchEvent} event @returns {Promise<Response> | null} null: it's not this worker's business */
function answerTo(event) {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST") return url.href === SHARE ? takeShared(request) : null;
  if (request.method !== "GET") return null;
  if (url.href === SHARED) return giveShared();
  const found = route.match({ request, event, url, sameOrigin: url.origin === location.origin });
  if (!found) return null;
  const params = /** @type {{cacheKey: string, integrity: string}} */ (found);
  return isDoubted(request) ? anew(event, params) : kept(event, params);
}

/** Whether the page has found the bytes damaged that it got. @param {Request} request */
function isDoubted({ cache, mode }) {
  return mode !== "navigate" && (cache === "reload" || cache === "no-store");
}

/** Browsers may throw away what is kept: then it comes from the network and is kept again. @param {FetchEvent} event @param {{cacheKey: string, integrity: string}} params */
function kept(event, params) {
  return controller.strategy.handle({ request: event.request, event, params });
}

/** @param {FetchEvent} event @param {{cacheKey: string, integrity: string}} params */
async function anew(event, params) {
  try {
    const response = await fetch(new Request(event.request, { integrity: params.integrity }));
    if (!response.ok) return kept(event, params);
    const cache = await caches.open(controller.strategy.cacheName);
    await cache.put(params.cacheKey, response.clone());
    return response;
  } catch {
    return kept(event, params); // no network, or one that has another version already
  }
}

/**
 * Take the place of the version before, unless other windows use that: one of them may be in a call.
 *
 * @param {ExtendableMessageEvent} event answered by whether it does
 */
async function takeOver({ source, ports: [port] }) {
  const asking = source instanceof Client ? source.id : "";
  // The document that a reload replaces is still among them for a moment.
  for (let turn = 0; turn < OTHERS_TURNS && (await others(asking)); turn++)
    await new Promise((done) => setTimeout(done, TURN_MS));
  const isFree = !(await others(asking));
  if (isFree) await worker.skipWaiting();
  port.postMessage(isFree);
}

/** @param {string} asking */
async function others(asking) {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.some(({ id, url }) => id !== asking && url.startsWith(scope));
}

/** Another app shares a picture: it waits for the page that comes next. @param {Request} request */
async function takeShared(request) {
  const form = await request.formData().catch(() => null);
  const picture = form?.get("picture");
  if (picture instanceof File) {
    const headers = { "Content-Type": picture.type, "X-Name": encodeURIComponent(picture.name) };
    await (await caches.open(SHARED_CACHE)).put(SHARED, new Response(picture, { headers }));
  }
  return Response.redirect(`${scope}?shared`, 303);
}

/** It is given once. */
async function giveShared() {
  const cache = await caches.open(SHARED_CACHE);
  const picture = await cache.match(SHARED);
  await cache.delete(SHARED);
  return picture ?? new Response(null, { status: 204 });
}
