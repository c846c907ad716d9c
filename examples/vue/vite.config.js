import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const isCustomElement = (tag) => tag === "selfie-segmentation"; // the browser's, not a component of Vue's

export default defineConfig({ plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] });
