import { expect, test } from "bun:test";
import { proxyTrust } from "../../src/http/remote-address.ts";

test.each([
  { trusted: [], socket: "10.0.0.1", forwarded: "1.2.3.4", is: "10.0.0.1" },
  { trusted: ["10.0.0.1"], socket: "10.0.0.2", forwarded: "1.2.3.4", is: "10.0.0.2" },
  { trusted: ["10.0.0.1"], socket: "10.0.0.1", forwarded: "1.2.3.4", is: "1.2.3.4" },
  { trusted: ["10.0.0.1"], socket: "10.0.0.1", forwarded: undefined, is: "10.0.0.1" },
  // What stands left of the first foreign address is that client's own invention.
  { trusted: ["10.0.0.0/8"], socket: "10.0.0.1", forwarded: "9.9.9.9, 1.2.3.4, 10.0.0.9", is: "1.2.3.4" },
  { trusted: ["10.0.0.0/8"], socket: "::ffff:10.0.0.1", forwarded: "1.2.3.4", is: "1.2.3.4" },
  { trusted: ["10.0.0.0/8"], socket: "10.0.0.1", forwarded: "evil", is: "10.0.0.1" },
  { trusted: ["fd00::/8"], socket: "fd00::1", forwarded: "2001:db8::7", is: "2001:db8::7" },
  { trusted: ["fd00::/8", "10.0.0.1"], socket: "fd01::1", forwarded: "10.0.0.1", is: "10.0.0.1" },
])("$socket behind $trusted with $forwarded is $is", ({ trusted, socket, forwarded, is }) => {
  expect(proxyTrust(trusted)(socket, forwarded)).toBe(is);
});
