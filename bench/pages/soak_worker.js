/** The engine's worker, watched. */

import "./soak_counts.js";
// @ts-expect-error a file of the built site, which tsc does not look into
import "/dist/js/worker.js";
