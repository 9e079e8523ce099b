/** What `/openapi.json` says of the dashboard and of what was made for it. */
import { EXAMPLES } from "./examples.ts";
import { body, errors, type Operation, pathId, text } from "./operation.ts";

const ERRORS = errors("OpenAiError", EXAMPLES.openAiError);

export const home = text("The dashboard", "text/html", "<!doctype html>…");

export const page: Operation = {
  ...text("A page of the dashboard", "text/html", "<!doctype html>…"),
  description: "The same page for every path: which part of the dashboard it shows it reads from its address.",
  parameters: [pathId("A path of the dashboard.")],
};

export const asset: Operation = {
  ...text("A file of the dashboard", "text/javascript", "…"),
  parameters: [pathId("The file's name.")],
};
asset.responses = { ...asset.responses, ...ERRORS("404") };

export const about: Operation = {
  tags: ["admin"],
  summary: "The gateway's version, readiness, and whether everything is simulated",
  responses: {
    "200": {
      description: "As it is now",
      content: body("About", {
        version: "0.1.0",
        readiness: "ready",
        simulated: false,
        now: "2026-01-12T13:00:00.000Z",
      }),
    },
    ...ERRORS("400", "401", "403"),
  },
};
