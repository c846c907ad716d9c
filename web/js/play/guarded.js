// Imported first by all that begins something here: without the page's policy, which policy.js gives it, nothing begins.

import { byId } from "../dom.js";
import { Messages } from "../page/messages.js";
import { Status } from "../page/status.js";

const POLICY = 'meta[http-equiv="Content-Security-Policy"][content*="script-src"]';
const SENTENCE =
  "The playground has not started, as its security policy is missing: js/play/policy.js was not loaded. Reload the page.";

function tell() {
  new Messages(byId("alerts", HTMLDivElement), byId("notices", HTMLDivElement)).show("policy", SENTENCE);
  new Status().failed();
  byId("running-text", HTMLSpanElement).textContent = "Not started";
}

if (!document.head.querySelector(POLICY)) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", tell);
  else tell();
  throw new Error(SENTENCE); // whoever imports this ends here, too
}
