/** The worker's line to its page: its own, or a port, which the effects in an isolated worker don't have. */

/** @type {{postMessage: (message: any, options: {transfer: Transferable[]}) => void}} */
let line = self;

/** The port where the worker is isolated, else null. @type {MessagePort | null} */
let port = null;

/** @param {object} message @param {Transferable[]} [transfer] */
export function tell(message, transfer = []) {
  line.postMessage(message, { transfer });
}

/** @param {(message: any) => void} receive */
export function listen(receive) {
  self.onmessage = ({ data, ports }) => {
    if (data.type !== "line") return receive(data);
    self.onmessage = null;
    line = port = /** @type {MessagePort} */ (ports[0]);
    port.onmessage = (event) => receive(event.data);
  };
}

/** Whether what runs here is kept from the network and from all that stores: see js/engine/isolated.js. */
export const isIsolated = () => port !== null;
