type SelfieElement = import("../../web/types/pyselfie.js").SelfieSegmentationElement;

/** What the worker has open; bytes are of WebAssembly's memory. */
interface WorkerCounts {
  frames: number;
  gpuObjects: number;
  pyodideBytes: number;
  ortBytes: number;
  proxies: number;
  jsProxies: number;
  pythonObjects: number;
}

interface SoakCounts {
  page: { frames: number };
  worker: WorkerCounts;
  /** Painted since the page was opened. */
  frames: number;
  /** Since the last count. */
  faults: string[];
}

/** What steps are given to work with. */
interface SoakTools {
  /** Properties that every element and track has, so that they share the worker. */
  settings: { backend: string; painter: string };
  /** What the step `model` chooses from. */
  models: number[];
  next(target: EventTarget, type: string, wanted?: (detail: any) => boolean): Promise<any>;
  within<T>(promise: Promise<T>, what: string): Promise<T>;
  /** Wait for so many frames of an element, and return their milliseconds. */
  frames(element: EventTarget, wanted: number): Promise<number[]>;
  element(properties: object): SelfieElement;
  newestWorker(): Worker;
}

/** A step: the page's element, a number from which all that is chosen follows, and the tools. */
type SoakStep = (main: SelfieElement, number: number, tools: SoakTools) => Promise<void>;

/** What the page offers to bench/soak. */
interface SoakPage {
  open(): Promise<void>;
  step(order: { name: string; number: number }): Promise<void>;
  settle(): Promise<number[]>;
  count(): Promise<SoakCounts>;
}

/** How it is asked: `soak("settle")`. */
declare var soak: (method: keyof SoakPage, argument?: any) => Promise<unknown>;
