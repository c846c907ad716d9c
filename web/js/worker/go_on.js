/** Python goes on inside the call that brings the end of its work: to wake up from a promise takes a turn of the event loop. */

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {(result: T) => void} done
 * @param {(error: Error) => void} failed
 */
export function goOn(promise, done, failed) {
  promise.then(done, (error) => failed(error instanceof Error ? error : new Error(String(error)))).catch(reportError); // out of Python itself
}

/**
 * @param {VideoFrame} frame
 * @param {AllowSharedBufferSource} target
 * @param {VideoFrameCopyToOptions} settings
 * @param {() => void} done
 * @param {(error: Error) => void} failed
 */
export function copyFrame(frame, target, settings, done, failed) {
  goOn(frame.copyTo(target, settings), () => done(), failed);
}
