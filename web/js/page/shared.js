// A picture that another app shares with the installed page: the service worker keeps it until the page asks.

import { serviceWorkers } from "../register_offline.js";

const PARAMETER = "shared"; // as web/offline/worker.js has it

/** Whether the page was opened for such a picture. */
export function isShared() {
  return new URLSearchParams(location.search).has(PARAMETER) && Boolean(serviceWorkers()?.controller);
}

/** It can be taken once. @returns {Promise<File | null>} */
export async function takeShared() {
  const address = new URL(location.href);
  address.searchParams.delete(PARAMETER);
  history.replaceState(null, "", address);
  const answer = await fetch("shared-picture").catch(() => null);
  if (answer?.status !== 200) return null;
  const name = decodeURIComponent(answer.headers.get("x-name") ?? "");
  return new File([await answer.blob()], name, { type: answer.headers.get("x-type") ?? "" });
}
