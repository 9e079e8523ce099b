import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["/ui/assets/x.js", "/ui/assets/..%2f..%2fetc%2fpasswd", "/ui/assets/index.html", "/ui/assets/"])(
  "%s",
  async (path) => {
    const gateway = standIn();
    const response = await gateway.get(path);
    expect(response.status).toBe(404);
    expect((await response.json()).error.code).toBe("not_found");
    await gateway.stop();
  },
);
