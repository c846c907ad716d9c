/** Injected into our page: notes when the engine shows its canvas, which it does with its first composite and not before. */

const observer = new MutationObserver(() => {
  if (!document.querySelector("canvas")) return;
  performance.mark("bench:first-composite");
  observer.disconnect();
});
observer.observe(document, { childList: true, subtree: true });
