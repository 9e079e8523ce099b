/** The browser's entry: mounts the dashboard. Pages are listed in `pages.tsx`, which also says how to add one. */
import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme, storedTheme } from "./theme.ts";

applyTheme(storedTheme());
render(<App />, document.getElementById("app")!);
