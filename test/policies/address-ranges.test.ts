import { expect, test } from "bun:test";
import { addressRanges, isLoopback } from "../../src/policies/address-ranges.ts";

test.each([
  [["10.0.0.0/8"], "10.1.2.3", true],
  [["10.0.0.0/8"], "11.0.0.1", false],
  [["10.0.0.0/8"], "::ffff:10.1.2.3", true],
  [["192.0.2.7"], "192.0.2.7", true],
  [["192.0.2.7"], "192.0.2.8", false],
  [["192.0.2.7/32"], "192.0.2.7", true],
  [["0.0.0.0/0"], "203.0.113.9", true],
  [["0.0.0.0/0"], "::1", false],
  [["::/0"], "2001:db8::1", true],
  [["::/0"], "203.0.113.9", false],
  [["2001:db8::/32"], "2001:DB8:1::5", true],
  [["2001:db8::/32"], "2001:db9::1", false],
  [["fe80::/10"], "fe80::1%eth0", true],
  [["::ffff:198.51.100.3"], "198.51.100.3", true],
  [["::ffff:10.0.0.0/104"], "10.9.9.9", true],
  [["::ffff:10.0.0.0/104"], "11.9.9.9", false],
  [["192.0.2.7", "2001:db8::1"], "2001:db8::1", true],
  [[], "192.0.2.7", false],
  [["0.0.0.0/0", "::/0"], "", false],
  [["0.0.0.0/0", "::/0"], "unix", false],
])("%j holds %s: %p", (ranges, address, expected) => {
  expect(addressRanges(ranges)(address)).toBe(expected);
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["127.example.com", false],
])("%s is loopback: %p", (host, expected) => expect(isLoopback(host)).toBe(expected));
