import { setSite } from "pyselfie";
import { createApp } from "vue";
import App from "./App.vue";

// Where copy-pyselfie.js puts the files; a build for a host of their own names that one in VITE_PYSELFIE.
setSite(import.meta.env.VITE_PYSELFIE ?? `${import.meta.env.BASE_URL}pyselfie/`);
createApp(App).mount("#app");
