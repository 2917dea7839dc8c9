import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * A plugin of esbuild: "./x.js" in a .ts file is x.ts if that is there, as tsc has it, though x.js be there too. The
 * explorer's directory has such pairs until the page of before goes.
 */
export const typescriptFirst = {
  name: "typescript-first",
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\/.*\.js$/ }, ({ path, importer, resolveDir }) => {
      const file = join(resolveDir, path.replace(/\.js$/, ".ts"));
      return importer.endsWith(".ts") && existsSync(file) ? { path: file } : undefined;
    });
  },
};
