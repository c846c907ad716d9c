import "pyselfie"; // its files are in pyselfie/ beside the page, where a bundle looks for them
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });
