/**
 * pyselfie's stand-in for @mediapipe/selfie_segmentation: a script that defines the global `SelfieSegmentation`.
 *
 * A classic script cannot import statically, so it fetches the real thing, js/legacy/index.js, as soon as it runs, and
 * passes every call on. As an ES module, or through a bundler, import js/legacy/index.js ("pyselfie/selfie_segmentation")
 * for names; importing this file defines the global all the same.
 */
(() => {
  const loading = import("./js/legacy/index.js");
  loading.catch(() => {}); // told by the first call that needs it

  /** Calls are passed on in order; those that return no promise cannot fail but by a mistake in the program. */
  class SelfieSegmentation {
    #real;

    /** @param {import("./types/selfie_segmentation.d.ts").SelfieSegmentationConfig} [config] */
    constructor(config) {
      this.#real = loading.then(
        (library) => new library.SelfieSegmentation(config),
        (error) => {
          throw new Error(`pyselfie's js/legacy/index.js could not be loaded (${error.message}).`, { cause: error });
        },
      );
      this.#real.catch(() => {}); // told by the calls below
    }

    /** @param {import("./types/selfie_segmentation.d.ts").Options} options */
    setOptions(options) {
      this.#real.then((real) => real.setOptions(options)).catch(() => {}); // told by initialize() and send()
    }

    /** @param {import("./types/selfie_segmentation.d.ts").ResultsListener} listener */
    onResults(listener) {
      this.#real.then((real) => real.onResults(listener)).catch(() => {}); // told by initialize() and send()
    }

    async initialize() {
      await (await this.#real).initialize();
    }

    reset() {
      this.#real.then((real) => real.reset()).catch(() => {}); // told by initialize() and send()
    }

    /** @param {import("./types/selfie_segmentation.d.ts").InputMap} inputs */
    async send(inputs) {
      await (await this.#real).send(inputs);
    }

    async close() {
      await (await this.#real).close();
    }
  }

  Object.assign(globalThis, { SelfieSegmentation, VERSION: "0.1.1675465747" });
})();
