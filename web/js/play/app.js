// The playground: makes the parts and connects them. What an effect is and does is Python's business, in the worker.

import "./guarded.js";

import { byId, on } from "../dom.js";
import { Bench } from "../editor/bench.js";
import { Editor } from "../editor/editor.js";
import { readUrlOptions } from "../page/url_options.js";
import { Viewer } from "../page/viewer.js";
import { mountTrace } from "../trace/panel.js";
import { Examples } from "./examples.js";
import { Models, takesClasses } from "./models.js";
import { Session } from "./session.js";
import { Sharing } from "./sharing.js";

const asked = readUrlOptions(location.search);
const viewer = new Viewer(asked.options, ["option"]); // what is wrong with the effect is told under its text
const { messages, stage } = viewer;
stage.isolated = true; // whoever has written the effect
const editor = new Editor(byId("editor", HTMLDivElement));
const examples = new Examples();
const models = new Models(viewer, asked.options.modelSelection);
const session = new Session(stage, editor);
const { parameters, printed, verdict } = new Bench(stage, editor, session);
const sharing = new Sharing(session, messages);

function describeStage() {
  const name = viewer.sources.current?.name ?? "Nothing";
  stage.setAttribute("aria-label", viewer.isPainted ? `${name}, with your effect` : "Nothing is painted yet");
}

on(viewer, "painted", describeStage);
on(viewer, "opened", ({ source }) => {
  verdict.setSource(source);
  describeStage();
});
on(examples, "choose", ({ example }) => {
  printed.clear();
  session.open(example);
});
on(session, "change", () => examples.show(session.work));
on(session, "opened", () => {
  examples.show(session.work);
  models.need(!session.isHeld && takesClasses(session.work.source)); // nobody's link loads a model
});
on(session, "unkept", () => {
  const sentence = "The code doesn't fit into this browser's storage: it won't survive a reload, so keep a copy.";
  messages.show("unkept", sentence, { tone: "notice" });
});
on(session, "kept", () => messages.clear("unkept"));
on(editor, "run", () => {
  if (session.isHeld) byId("foreign-run", HTMLButtonElement).focus();
});
byId("run-button", HTMLButtonElement).addEventListener("click", () => {
  if (session.isHeld) sharing.release();
});
on(sharing, "held", () => {
  printed.clear();
  parameters.show([], {});
  byId("no-parameters", HTMLParagraphElement).hidden = true; // nobody knows yet
  editor.mark(null);
  verdict.hold();
});
on(sharing, "example", () => {
  if (examples.first) session.open(examples.first);
});

async function begin() {
  try {
    await examples.load();
  } catch {
    messages.show("examples", "The examples could not be loaded: check the network and reload the page.");
  }
  if (!(await sharing.begin()) && !session.resume() && examples.first) session.open(examples.first);
}

mountTrace(byId("trace", HTMLElement), stage, () => viewer.sources.current?.playback);
viewer.complain(asked.complaints);
viewer.start();
void viewer.showSample();
void begin();
