// <PySelfie> for Vue.

import { defineComponent, h, shallowRef, toHandlerKey } from "vue";
import "../../pyselfie.js";
import { PROPERTIES } from "../element/settings.js";
import { attributesOf, EVENTS, TAG } from "./attributes.js";

const ANYTHING = { type: null, default: undefined }; // the element judges values and tells what is wrong with them

export const PySelfie = defineComponent({
  name: "PySelfie",
  props: Object.fromEntries([...PROPERTIES.keys()].map((name) => [name, ANYTHING])),
  emits: EVENTS,
  setup(props, { emit, slots, expose }) {
    const element = shallowRef(null);
    expose({ element });
    const listeners = Object.fromEntries(
      EVENTS.map((name) => [toHandlerKey(name), (/** @type {Event} */ event) => emit(name, event)]),
    );
    return () => h(TAG, { ...asAttributes(attributesOf(props)), ...listeners, ref: element }, slots.default?.());
  },
});

/** Where they aren't given any more, Vue would set properties to values of its own. @param {Record<string, unknown>} attributes */
function asAttributes(attributes) {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`^${name}`, value]));
}
