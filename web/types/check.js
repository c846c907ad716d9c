// Read by tsc only: what the declarations promise, the code has.

import * as adapter from "../livekit.js";
import * as code from "../pyselfie.js";

/** @type {typeof import("./pyselfie.js")} */
export const declared = code;
/** @type {typeof import("./livekit.js")} */
export const declaredAdapter = adapter;
