// What `build.py serve` gives as service-worker.js, so that pages are never older than dist/: it forgets what a worker
// before it has kept here, and goes.

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(forget()));

async function forget() {
  const names = await caches.keys();
  const kept = names.filter((name) => name.startsWith("pyselfie-") && name.endsWith(`-${registration.scope}`));
  await Promise.all(kept.map((name) => caches.delete(name)));
  await registration.unregister();
  for (const client of await clients.matchAll()) await client.navigate(client.url);
}
