/** What a provider says of a person, and how it is asked. */

export type ProviderName = "google" | "github" | "oidc";

export interface Identity {
  /** Never changes at the provider and is nobody else's. */
  subject: string;
  /** For people. */
  name: string;
  /** Verified, in lower case; null where there is none that is. */
  mail: string | null;
  /** Google: the Workspace domain. Otherwise that of the verified mail address. In lower case. */
  domain: string | null;
  groups: readonly string[];
  /** In lower case, as are teams: `organization/team`. */
  organizations: readonly string[];
  teams: readonly string[];
}

/** What one sign-in needs to be told apart from every other, made as it begins. */
export interface Attempt {
  state: string;
  nonce: string;
  /** PKCE, RFC 7636. */
  verifier: string;
  redirectUri: string;
}

export interface IdentityProvider {
  readonly name: ProviderName;
  /** On the button. */
  readonly label: string;
  /** Where the browser is sent. Rejects with SignInError. */
  authorizationUrl(attempt: Attempt): Promise<string>;
  /**
   * Who came back with these query parameters, whose state has been checked. Rejects with SignInError, also for whom
   * the settings of the provider do not admit.
   */
  identify(parameters: URLSearchParams, attempt: Attempt): Promise<Identity>;
  /**
   * Whether it can be reached and takes the client's id and secret: it is given a code that it never made, and has to
   * refuse that and nothing else. Rejects with SignInError.
   */
  probe(redirectUri: string): Promise<void>;
}
