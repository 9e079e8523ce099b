/** Addresses of providers made by API: CVE-2024-6587 and CVE-2025-66405 are an upstream that a caller chose. */
import { describe, expect, test } from "bun:test";
import { addressFault } from "../../../src/providers/network/address-fault.ts";

const REFUSED = false;
const ALLOWED = true;

describe("a private address", () => {
  test.each([
    "http://127.0.0.1:11434/v1",
    "https://10.1.2.3",
    "https://172.16.0.1",
    "https://172.31.255.255",
    "https://192.168.1.1/v1",
    "https://100.64.0.1",
    "https://198.18.0.1",
    "http://localhost:8080",
    "http://x.localhost",
    "http://[::1]:8080/v1",
    "http://[fc00::1]",
    "http://[fd12:3456::1]",
    "http://[::ffff:a00:1]",
    "http://[64:ff9b::a00:1]",
  ])("%s is refused, and allowed by the file", (address) => {
    expect(addressFault(address, REFUSED)).toContain("leads into a private network");
    expect(addressFault(address, ALLOWED)).toBeUndefined();
  });
});

describe("what can be no provider is refused whatever the file allows", () => {
  test.each([
    "http://169.254.169.254/latest",
    "http://169.254.170.2",
    "http://0.0.0.0",
    "http://224.0.0.1",
    "http://239.255.255.255",
    "http://255.255.255.255",
    "http://240.0.0.1",
    "http://168.63.129.16",
    "http://100.100.100.200",
    "http://192.0.0.192",
    "http://[::]",
    "http://[fe80::1]",
    "http://[ff02::1]",
    "http://[fd00:ec2::254]",
    "http://[fd20:ce::254]",
    "http://[::ffff:a9fe:a9fe]",
    "http://[64:ff9b::a9fe:a9fe]",
    "http://metadata.google.internal",
    "http://metadata",
  ])("%s", (address) => {
    for (const rules of [REFUSED, ALLOWED])
      expect(addressFault(address, rules)).toMatch(/is no address of a provider|metadata service/);
  });
});

describe("an odd way to write an address is refused whatever it leads to", () => {
  test.each([
    ["http://0x7f.1", "127.0.0.1"],
    ["http://2130706433", "127.0.0.1"],
    ["http://0177.0.0.1/v1", "127.0.0.1"],
    ["http://127.1", "127.0.0.1"],
    ["http://0x08080808", "8.8.8.8"],
    ["http://127.0.0.1.", "127.0.0.1"],
    ["http://localhost.", "localhost"],
    ["https://api.openai.com./v1", "api.openai.com"],
    ["http://１２７.0.0.1", "127.0.0.1"],
    ["http://①②⑦.⓪.⓪.①", "127.0.0.1"],
    ["http://a%2eexample.com", "a.example.com"],
    ["http://[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    ["http://[0:0:0:0:0:0:0:1]", "[::1]"],
    ["http:\\\\10.0.0.1", "10.0.0.1"],
    ["http:/10.0.0.1", "10.0.0.1"],
    ["http://bücher.example", "xn--bcher-kva.example"],
  ])("%s", (address, plain) => {
    for (const rules of [REFUSED, ALLOWED]) {
      expect(addressFault(address, rules)).toMatch(/plain form|end its host in a dot/);
      expect(addressFault(address, rules)).toEndWith(`: ${plain}`);
    }
  });
});

test.each([
  "https://api.openai.com/v1",
  "https://API.openai.com:8443/v1",
  "http://8.8.8.8",
  "https://[2606:4700::1111]/v1",
])("%s is taken", (address) => expect(addressFault(address, REFUSED)).toBeUndefined());
