// The microphone for a recording, and a sentence for each way in which it can fail.

/** @type {Record<string, string>} */
const SENTENCES = {
  NotAllowedError:
    "The microphone is not allowed on this page: allow it in the browser's site settings, or record without sound.",
  SecurityError: "The browser's or the site's policy forbids the microphone on this page: record without sound.",
  NotFoundError: "No microphone was found: connect one, or record without sound.",
  NotReadableError:
    "The microphone cannot be read, probably because another program uses it: close that program, or record without sound.",
};

/**
 * @returns {Promise<MediaStreamTrack>}
 * @throws {Error} With a sentence.
 */
export async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      "Browsers give the microphone to secure pages only: open this page over https:// or at http://localhost, or record without sound.",
    );
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return stream.getAudioTracks()[0];
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    throw new Error(SENTENCES[name] ?? `The microphone could not be opened (${error}): record without sound.`);
  }
}
