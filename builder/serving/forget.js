// What `build.py serve` gives as service-worker.js: it forgets what a worker before it has kept here, and goes. Open pages
// stay as they are, as one of them may be in a call.

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(forget()));

async function forget() {
  const names = await caches.keys();
  const kept = names.filter((name) => name.startsWith("pyselfie-") && name.endsWith(`-${registration.scope}`));
  await Promise.all(kept.map((name) => caches.delete(name)));
  await registration.unregister();
}
