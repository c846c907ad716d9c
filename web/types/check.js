// Read by tsc only: what the declaration promises, the code has.

import * as code from "../pyselfie.js";

/** @type {typeof import("./pyselfie.js")} */
export const declared = code;
