/** What every contender's page offers to bench/contenders.py. */
interface BenchPage {
  /** Load and warm up; says what was loaded. */
  prepare(options: BenchOptions): Promise<BenchFacts>;
  /** Make the frames of the next run, off the clock. */
  stock(order: BenchOrder): Promise<void>;
  /** Segment the stocked frames one after the other. */
  run(): Promise<BenchSample[]>;
  /** Change the effect; only ours and the hand-written one have more than one. */
  effect?(name: string): Promise<void>;
  /** What those two painted last, as PNG in a data URL. */
  picture?(): Promise<string>;
  /** The person's area in the last frame, 1 or 0 in each of 128x72 cells, row by row. */
  person(): Promise<number[]>;
}

interface BenchOptions {
  threads: number;
}

interface BenchFacts {
  backend: string;
  threads: number;
}

type FrameKind = "bitmap" | "i420" | "canvas" | "vp9" | "camera";

interface BenchOrder {
  count: number;
  width: number;
  height: number;
  kind: FrameKind;
}

/** Milliseconds of one frame. */
interface BenchSample {
  /** From the frame in hand, where the work is done, to the flushed result. */
  totalMs: number;
  /** The same, seen from the page. */
  roundTripMs: number;
  /** The page's own thread, in calls that the frame needs. */
  mainMs: number;
  stages: Record<string, number>;
  /** By which call the frame became a picture. */
  wayIn?: string;
}

/** How it is asked: `bench("stock", order)`. */
declare var bench: (method: keyof BenchPage, argument?: unknown) => Promise<unknown>;
