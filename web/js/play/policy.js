// Gives the page its policy, from the attribute `data-policy`. In the frame that an isolated worker begins in, Firefox takes
// nothing for `'self'`, and only here is it known what that is. No module: it runs before all that comes after it.
{
  const { policy = "" } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = policy.replaceAll("'self'", `'self' ${location.origin}`);
  document.head.append(meta);
}
