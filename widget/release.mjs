// `npm run release`: dates the launcher's newest release. From then on pages may pin it, and no build replaces it.
import { dateRelease } from "./releases.mjs";

dateRelease("dist");
