/** Files that hold a credential for a secrets manager: service-account tokens that the platform renews in place. */
import { readFileSync } from "node:fs";
import { SecretFault } from "./secret-fault.ts";

/** Read anew each time: projected tokens are replaced long before they end. @param variable that names the file */
export function readCredentialFile(path: string, variable: string): string {
  try {
    const text = readFileSync(path, "utf8").trim();
    if (text !== "") return text;
  } catch (error) {
    const { code } = error as { code?: string };
    throw new SecretFault(`the file that ${variable} names cannot be read (${code ?? "unknown error"})`);
  }
  throw new SecretFault(`the file that ${variable} names is empty`);
}
