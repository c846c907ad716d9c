/** A file of the site, as builder/offline/worker.py lists it. */
export interface KeptFile {
  /** Relative to the worker's own. */
  url: string;
  /** Of its content and its headers. */
  revision: string;
  integrity: string;
}
