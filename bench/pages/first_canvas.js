/** Injected into our page: notes when the engine shows its canvas, which it does with its first composite and not before. */

const { attachShadow } = Element.prototype;

/** @param {Document | ShadowRoot} root */
function watch(root) {
  const observer = new MutationObserver(() => {
    if (!root.querySelector("canvas")) return;
    performance.mark("bench:first-composite");
    observer.disconnect();
  });
  observer.observe(root, { childList: true, subtree: true });
}

/** The element's canvas lies in its shadow tree, which observers of the document do not see. @param {ShadowRootInit} init */
Element.prototype.attachShadow = function (init) {
  const root = attachShadow.call(this, init);
  watch(root);
  return root;
};
watch(document);
