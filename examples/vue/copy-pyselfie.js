// pyselfie's worker fetches Python, the models and ONNX Runtime at run time, so they are served as they are: a bundler
// copies what lies in public/.
import { cpSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(fileURLToPath(import.meta.resolve("pyselfie/package.json")));
for (const name of ["assets.json", "js", "models", "python", "vendor"]) {
  cpSync(`${home}/${name}`, `public/pyselfie/${name}`, { recursive: true });
}
