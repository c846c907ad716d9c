// What `build.py serve --watch` adds to a page: it loads again when the site has been built again.

const address = new URL(".reload", import.meta.url);
const ask = () => fetch(address, { cache: "no-store" }).then((answer) => answer.text());
const first = await ask();

setInterval(async () => {
  const now = await ask().catch(() => first); // no answer: the server has been stopped
  if (now !== first) location.reload();
}, 500);
