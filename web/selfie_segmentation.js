/**
 * pyselfie's stand-in for @mediapipe/selfie_segmentation: a script that defines the global `SelfieSegmentation`.
 *
 * A classic script cannot import statically, so it fetches the real thing, js/mediapipe/index.js, as soon as it runs, and
 * passes every call on. As an ES module, or through a bundler, import js/mediapipe/index.js ("pyselfie/selfie_segmentation")
 * for names; importing this file defines the global all the same.
 */
(() => {
  const loading = import("./js/mediapipe/index.js");
  loading.catch(() => {}); // told by the first call that needs it

  class SelfieSegmentation {
    #loading;
    /** @type {InstanceType<typeof import("./js/mediapipe/index.js").SelfieSegmentation> | null} */
    #real = null;

    /** @param {import("./types/selfie_segmentation.d.ts").SelfieSegmentationConfig} [config] */
    constructor(config) {
      this.#loading = this.#load(config);
      this.#loading.catch(() => {}); // told by the calls below
    }

    /** @param {import("./types/selfie_segmentation.d.ts").SelfieSegmentationConfig} [config] */
    async #load(config) {
      const library = await loading.catch((error) => {
        throw new Error(`pyselfie's js/mediapipe/index.js could not be loaded (${error.message}).`, { cause: error });
      });
      this.#real = new library.SelfieSegmentation(config);
      return this.#real;
    }

    /** Call now if it is loaded, else when it is, in the order of the calls. @param {(real: any) => any} call */
    #pass(call) {
      return this.#real ? call(this.#real) : this.#loading.then(call);
    }

    /** The same for what returns nothing: a fault is told by the next call that returns a promise. @param {(real: any) => void} call */
    #tell(call) {
      Promise.resolve(this.#pass(call)).catch(() => {});
    }

    /** @param {import("./types/selfie_segmentation.d.ts").Options} options */
    setOptions(options) {
      this.#tell((real) => real.setOptions(options));
    }

    /** @param {import("./types/selfie_segmentation.d.ts").ResultsListener} listener */
    onResults(listener) {
      this.#tell((real) => real.onResults(listener));
    }

    reset() {
      this.#tell((real) => real.reset());
    }

    async initialize() {
      await this.#pass((real) => real.initialize());
    }

    /** @param {import("./types/selfie_segmentation.d.ts").InputMap} inputs */
    async send(inputs) {
      await this.#pass((real) => real.send(inputs));
    }

    async close() {
      await this.#pass((real) => real.close());
    }
  }

  Object.assign(globalThis, { SelfieSegmentation, VERSION: "0.1.1675465747" });
})();
