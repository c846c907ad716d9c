// useProcessedTrack for React.

import { useEffect, useState } from "react";
import { HeldTrack, NOTHING } from "./held_track.js";

/** @type {typeof import("../../types/react.js").useProcessedTrack} */
export function useProcessedTrack(source, options = {}) {
  const [state, setState] = useState(NOTHING);
  const [held] = useState(() => new HeldTrack(setState));
  useEffect(() => {
    held.follow(source, options); // options are a new object each time as a rule: it compares them
  });
  useEffect(() => () => held.release(), [held]);
  return state;
}
