import { SelfieSegmentation } from "pyselfie/selfie_segmentation";
import { useEffect, useRef, useState } from "react";

const locateFile = (path) => new URL(`pyselfie/${path}`, document.baseURI).href; // where copy-pyselfie.js puts it

/**
 * One segmenter for as long as the component lives.
 *
 * @param {{modelSelection?: number, selfieMode?: boolean}} options
 * @returns {{segment: (image: CanvasImageSource) => Promise<{image: ImageBitmap, segmentationMask: ImageBitmap}>, error: Error | null}}
 */
export function useSelfieSegmentation({ modelSelection = 0, selfieMode = false } = {}) {
  const segmenter = useRef(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    const made = new SelfieSegmentation({ locateFile });
    segmenter.current = made;
    made.initialize().catch((reason) => segmenter.current === made && setError(reason));
    return () => {
      segmenter.current = null;
      made.close();
    };
  }, []);
  useEffect(() => segmenter.current?.setOptions({ modelSelection, selfieMode }), [modelSelection, selfieMode]);
  const segment = async (image) => {
    let results;
    segmenter.current.onResults((found) => {
      results = found;
    });
    await segmenter.current.send({ image });
    return results;
  };
  return { segment, error };
}
