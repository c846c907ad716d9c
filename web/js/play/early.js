// The worker starts while the page's other scripts still come: the page's engine takes it over.

import "./guarded.js";

import { WorkerHost } from "../engine/worker_host.js";
import { readUrlOptions } from "../page/url_options.js";

const { backend, painter, modelSelection, edges } = readUrlOptions(location.search).options;
// What fails here is told by the engine, whose own start is then another one.
WorkerHost.for({ backend, painter, isolated: true }).hold({ modelSelection, edges });
