// Read by tsc only: what the declarations promise, the code has.

import * as jitsi from "../jitsi.js";
import * as livekit from "../livekit.js";
import * as code from "../pyselfie.js";
import * as twilio from "../twilio.js";

/** @type {typeof import("./pyselfie.js")} */
export const declared = code;
/** @type {typeof import("./livekit.js")} */
export const declaredLiveKit = livekit;
/** @type {typeof import("./twilio.js")} */
export const declaredTwilio = twilio;
/** @type {typeof import("./jitsi.js")} */
export const declaredJitsi = jitsi;
